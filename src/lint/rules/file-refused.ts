import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const fileRefused: Rule = {
  id: 'file-refused',
  title: 'A file that is not taken from the runner',
  severity: 'error',
  why: 'An `env_file`, the file of an `extends`, or `.env` is no regular file of the workspace: it is a link, a device or a FIFO, lies outside of the workspace, in `.git` or in another hidden folder, or is too large. What is read goes to the machine, and such a path could carry credentials of the runner there.',
  fix: 'Put the file itself into the folder of the compose file, under a name without a dot at its beginning; `.env` and `.env.…` may have one.',
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
    env_file: .git/config
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
    faultProblems(faults, 'file-refused', 'Put the file itself into the folder of the compose file.'),
};
