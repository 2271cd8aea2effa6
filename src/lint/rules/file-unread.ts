import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const fileUnread: Rule = {
  id: 'file-unread',
  title: 'A file that cannot be read',
  severity: 'warning',
  why: 'An `env_file`, or the file of an `extends`, is not there. What it would set is not known here, so nothing is said that depends on it; and Compose stops unless the file is there when it runs.',
  fix: 'Correct the path: it is relative to the first compose file. Put the file beside it, or mark it `required: false`.',
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
  check: ({ faults }) => faultProblems(faults, 'file-unread', 'Correct the path, or put the file there.'),
};
