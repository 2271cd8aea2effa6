import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const includeNotFollowed: Rule = {
  id: 'include-not-followed',
  title: 'Files of an include are not judged',
  severity: 'warning',
  why: 'The files that `include` names are projects of their own, with their own folder and variables. They are not read here; names that are not found may be declared in them, so nothing is said about such names.',
  fix: 'Judge those files by themselves, or name several files instead of including them.',
  example: {
    bad: `include:
  - kafka.yml
services:
  init:
    image: busybox:1.37
`,
    good: `services:
  init:
    image: busybox:1.37
`,
  },
  check: ({ faults }) =>
    faultProblems(faults, 'include-not-followed', 'Judge the included files by themselves.'),
};
