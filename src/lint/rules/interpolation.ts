import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const interpolation: Rule = {
  id: 'interpolation',
  title: 'A variable that Compose cannot read',
  severity: 'error',
  why: `Compose fills in \`$NAME\` and \`\${NAME}\` everywhere in the file before it reads it, and refuses the file when what follows \`\${\` is not a variable.`,
  fix: 'Correct the name or the operator. A dollar sign that is meant as one is written twice: `$$`.',
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:\${KAFKA VERSION}
`,
    good: `services:
  kafka:
    image: apache/kafka:\${KAFKA_VERSION:-4.1.1}
`,
  },
  check: ({ faults }) =>
    faultProblems(faults, 'interpolation', `Write \${NAME}, \${NAME:-default}, or $$ for a dollar sign.`),
};
