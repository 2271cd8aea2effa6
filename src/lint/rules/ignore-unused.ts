import type { Rule } from '../rule.ts';

export const ignoreUnused: Rule = {
  id: 'ignore-unused',
  title: 'A comment that switches nothing off',
  severity: 'warning',
  why: 'A comment `# kafka-lint: ignore RULE reason` switches a rule off for a line, and `# kafka-lint: ignore-file RULE reason` for a file. One with a mistyped name switches nothing off, and one whose finding is gone would hide the next. Rules that tell what Docker Compose refuses cannot be switched off.',
  fix: 'Correct the name of the rule, put the comment at the end of the line that the finding names or on the line above, or take it out.',
  example: {
    bad: `services:
  app:
    image: busybox:1.37 # kafka-lint: ignore image-not-pinned for the demo
`,
    good: `services:
  app:
    image: busybox:latest # kafka-lint: ignore image-not-pinned for the demo
`,
  },
  // What a comment switches off is known only when all the other rules have spoken: lint/ignore/apply.ts finds the problems.
  check: () => [],
};
