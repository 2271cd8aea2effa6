import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const undefinedReference: Rule = {
  id: 'undefined-reference',
  title: 'A name that nothing declares',
  severity: 'error',
  why: 'A service, a volume or a network is named that the project does not have; Compose refuses it.',
  fix: 'Correct the name, or declare what is missing: volumes and networks have a section of their own at the top of the file.',
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
