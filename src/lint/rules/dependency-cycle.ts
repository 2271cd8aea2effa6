import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const dependencyCycle: Rule = {
  id: 'dependency-cycle',
  title: 'Services that wait for each other',
  severity: 'error',
  why: 'A service starts after those it depends on. Where they depend on it in turn none of them can be the first, and Compose refuses the project. `links`, `volumes_from` and `network_mode: service:NAME` (also `ipc` and `pid`) make a service depend on another one, too.',
  fix: 'Take one of the dependencies out: that of the service which can do without the other for a while.',
  example: {
    bad: `services:
  broker:
    image: busybox:1.37
    depends_on: [init]
  init:
    image: busybox:1.37
    depends_on: [broker]
`,
    good: `services:
  broker:
    image: busybox:1.37
  init:
    image: busybox:1.37
    depends_on: [broker]
`,
  },
  check: ({ faults }) => faultProblems(faults, 'dependency-cycle', 'Take one of the dependencies out.'),
};
