import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const variableUnset: Rule = {
  id: 'variable-unset',
  title: 'A variable without a value',
  severity: 'warning',
  why: `Compose puts nothing in its place and goes on, with no more than a warning. What the file means with it is not judged here. A variable is told of once, with its places; those that are set wherever Compose runs, such as \`PWD\` and \`HOME\`, are not.`,
  fix: `Give it a default in the file (\`\${NAME:-default}\`), a value in a \`.env\` file beside it, or set it where Compose runs.`,
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
    hostname: \${KAFKA_HOST}
`,
    good: `services:
  kafka:
    image: apache/kafka:4.1.1
    hostname: \${KAFKA_HOST:-kafka}
`,
  },
  check: ({ faults }) =>
    faultProblems(
      faults,
      'variable-unset',
      `Give the variable a default, \${NAME:-default}, or a value in .env.`,
    ),
};
