import { faultProblems } from '../fault-problems.ts';
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

/** A comment that names another compose file says that this one is put over it: `docker compose -f BASE -f THIS`. */
function ofLayer(problem: Problem, sources: LintContext['sources']): Problem {
  const { file } = problem.place;
  const own = file.slice(file.lastIndexOf('/') + 1);
  const comments = (sources.get(file)?.text ?? '')
    .split('\n')
    .filter(line => line.trimStart().startsWith('#'));
  const named = comments
    .flatMap(line => line.split(/[^\w.-]+/))
    // The end of a sentence is no part of a name.
    .map(word => (word.endsWith('.') ? word.slice(0, -1) : word))
    .filter(word => word.endsWith('.yml') || word.endsWith('.yaml'));
  const base = named.find(name => name !== own && name.includes('compose'));
  if (base === undefined) return problem;
  return {
    ...problem,
    severity: 'warning',
    cause: 'layer',
    message: `${problem.message.replace(/: Compose refuses it\.$/, '')} in this file, which is put over another one.`,
    hint: `Name ${base} in front of it; then both are judged together.`,
  };
}
