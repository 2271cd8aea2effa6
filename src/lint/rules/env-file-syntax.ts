import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const envFileSyntax: Rule = {
  id: 'env-file-syntax',
  title: 'A line of an env file that Compose cannot read',
  severity: 'error',
  why: 'Compose reads an `env_file`, and the `.env` beside the first compose file, as lines of `NAME=VALUE` or `NAME: VALUE`. At the first line that is none, such as a name with a space or a quote that is never closed, it stops.',
  fix: 'Correct the line. A comment begins with `#`; a name has letters, digits and `_ . - [ ]`; a dollar sign that is meant as one is written `$$`, or stands in single quotes.',
  example: {
    bad: `services:
  app:
    image: busybox:1.37
    env_file: with-a-space.env # LOG LEVEL=debug
`,
    good: `services:
  app:
    image: busybox:1.37
    env_file: without.env # LOG_LEVEL=debug
`,
  },
  check: ({ faults }) =>
    faultProblems(faults, 'env-file-syntax', 'Write NAME=VALUE, and close quotes that are opened.'),
};
