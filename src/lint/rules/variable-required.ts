import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const variableRequired: Rule = {
  id: 'variable-required',
  title: 'A variable that must have a value',
  severity: 'error',
  why: `The file says \`\${NAME:?message}\` or \`\${NAME?message}\`: without a value for the variable Compose stops before it does anything.`,
  fix: `Set the variable in a \`.env\` file beside the first compose file, or where Compose runs; or give it a default, \`\${NAME:-default}\`.`,
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:\${KAFKA_VERSION:?which version}
`,
    good: `services:
  kafka:
    image: apache/kafka:\${KAFKA_VERSION:-4.1.1}
`,
  },
  check: ({ faults }) =>
    faultProblems(
      faults,
      'variable-required',
      `Set the variable in .env or where Compose runs, or give it a default: \${NAME:-default}.`,
    ),
};
