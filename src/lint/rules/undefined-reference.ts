import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const undefinedReference: Rule = {
  id: 'undefined-reference',
  title: 'A name that nothing declares',
  severity: 'error',
  why: 'A service, a volume, a network, a secret or a config is named that the project does not have, or has only with a profile that is not switched on; Compose refuses it.',
  fix: 'Correct the name, or declare what is missing: volumes, networks, secrets and configs each have a section at the top of the file. What may be missing with its profile is marked `required: false` under `depends_on`.',
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
    depends_on: [zookeper]
`,
    good: `services:
  kafka:
    image: apache/kafka:4.1.1
    depends_on: [init]
  init:
    image: busybox:1.37
`,
  },
  check: ({ faults }) =>
    faultProblems(faults, 'undefined-reference', 'Correct the name, or declare it in the file.'),
};
