import { faultProblems } from '../fault-problems.ts';
import type { Rule } from '../rule.ts';

export const yamlSyntax: Rule = {
  id: 'yaml-syntax',
  title: 'The file is not valid YAML',
  severity: 'error',
  why: 'Compose refuses the whole file. That includes a key that stands twice in one mapping: which one was meant?',
  fix: 'Correct the line. Most often an indentation is off by a space, a quote is not closed, or a tab stands in front of a key.',
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
    image: apache/kafka:4.1.0
`,
    good: `services:
  kafka:
    image: apache/kafka:4.1.1
    volumes: [data:/tmp/kafka-logs]
volumes:
  data:
`,
  },
  check: ({ faults }) =>
    faultProblems(faults, 'yaml-syntax', 'Correct the YAML at this line.', ({ message }) => message),
};
