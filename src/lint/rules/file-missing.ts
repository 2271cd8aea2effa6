import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const fileMissing: Rule = {
  id: 'file-missing',
  title: 'A file that is not there',
  severity: 'error',
  why: 'An `env_file`, a `label_file`, or the file of an `extends`, is named and is not there. Compose stops with "env file … not found", or "no such file or directory".',
  fix: 'Correct the path: it is relative to the first compose file. Put the file there, or mark an `env_file` that may be missing with `required: false`.',
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
    env_file: kafka.env
`,
    good: `services:
  kafka:
    image: apache/kafka:4.1.1
    env_file:
      - path: kafka.env
        required: false
`,
  },
  check: ({ faults }) =>
    faultProblems(
      faults,
      'file-missing',
      'Correct the path, or put the file there; an env_file that may be missing says "required: false".',
      ({ message }) => message,
    ),
};
