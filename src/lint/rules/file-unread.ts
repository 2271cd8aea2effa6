import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const fileUnread: Rule = {
  id: 'file-unread',
  title: 'A file that cannot be read',
  severity: 'warning',
  why: 'An `env_file`, or the file of an `extends`, cannot be read here: it is one of the machine, its name depends on a variable of the machine, it is too large, or only a profile needs it. What it would set is not known, so nothing is said that depends on it.',
  fix: 'Put the file beside the first compose file, and name it by a relative path.',
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
    env_file: /etc/kafka/kafka.env
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
      'file-unread',
      'Put the file beside the compose file, and name it by a relative path.',
    ),
};
