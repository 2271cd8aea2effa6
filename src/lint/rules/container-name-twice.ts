import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const containerNameTwice: Rule = {
  id: 'container-name-twice',
  title: 'Two containers of one name',
  severity: 'error',
  why: 'A container name is taken once on a machine. Compose refuses a project in which two services have the same `container_name`.',
  fix: 'Give each its own name, or take `container_name` out: Compose then names each container after its service.',
  example: {
    bad: `services:
  one:
    image: busybox:1.37
    container_name: kafka
  two:
    image: busybox:1.37
    container_name: kafka
`,
    good: `services:
  one:
    image: busybox:1.37
  two:
    image: busybox:1.37
`,
  },
  check: ({ faults }) =>
    faultProblems(
      faults,
      'container-name-twice',
      'Give each container its own name, or take container_name out.',
    ),
};
