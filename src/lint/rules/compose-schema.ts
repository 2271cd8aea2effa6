import { faultProblems } from '../fault-problems.ts';
import { baseOf, inLayer } from '../layer.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const composeSchema: Rule = {
  id: 'compose-schema',
  title: 'The file does not follow the Compose specification',
  severity: 'error',
  why: 'Docker Compose checks every file against the schema of the Compose specification before it does anything, and refuses one that does not follow it. It also refuses what the schema lets pass: a service with neither an image nor a build, a port, size or duration that is none, a volume without a source because its variable is not set, settings that exclude each other.',
  fix: 'Correct the key or the value named in the message; the [Compose file reference](https://docs.docker.com/reference/compose-file/) has them all.',
  example: {
    bad: `services:
  kafka:
    image: apache/kafka:4.1.1
    port: ['9092:9092']
`,
    good: `services:
  kafka:
    image: apache/kafka:4.1.1
    ports: ['127.0.0.1:9092:9092']
`,
  },
  check: ({ faults, sources }) =>
    faultProblems(
      faults,
      'compose-schema',
      'Compose refuses the file as it is: correct this key or value.',
    ).map(problem => (isWithoutImage(problem) ? ofLayer(problem, sources) : problem)),
};

const isWithoutImage = ({ message }: Problem) => message.includes('has neither an image nor a build context');

function ofLayer(problem: Problem, sources: LintContext['sources']): Problem {
  const base = baseOf(problem.place.file, sources);
  return base === undefined ? problem : inLayer(problem, base);
}
