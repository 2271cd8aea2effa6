import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const yamlLimit: Rule = {
  id: 'yaml-limit',
  title: 'The file is too large to be read',
  severity: 'error',
  why: 'A compose file of this size is a mistake, or made to exhaust whoever reads it: aliases of aliases of aliases, an alias inside what it names, thousands of levels.',
  fix: 'Split the file, or write out what the aliases stand for.',
  example: {
    bad: `services:
  kafka: &kafka
    image: apache/kafka:4.1.1
    environment: [*kafka]
`,
    good: `x-common: &common
  restart: always
services:
  kafka:
    <<: *common
    image: apache/kafka:4.1.1
`,
  },
  check: ({ faults }) =>
    faultProblems(faults, 'yaml-limit', 'Make the file smaller, or write out what the aliases stand for.'),
};
