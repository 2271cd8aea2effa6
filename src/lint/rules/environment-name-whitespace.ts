import { intendedName } from '../../compose/kafka/kafka-settings.ts';
import type { EnvironmentEntry, Service } from '../../compose/reader/model.ts';
import type { Problem, Rule } from '../rule.ts';
import { knownVariables } from '../settings/known-variables.ts';

export const environmentNameWhitespace: Rule = {
  id: 'environment-name-whitespace',
  title: 'White space in the name of a variable',
  severity: 'error',
  why: 'Docker hands the variable on under the name as written, and no image reads a name with white space in it. Nobody complains: Kafka simply runs with the default of what was meant. A broker without its `KAFKA_ADVERTISED_LISTENERS` does not start at all.',
  fix: 'Write an underscore where the white space is. In a list, an entry is `NAME=VALUE`, without white space around the sign.',
  safeFix:
    'Each white space becomes an underscore when that gives a variable which the image knows and which the service does not set already. As written the variable had no effect, so nothing that works can depend on it. Settings that would move or delete data, or make another node or cluster, are only proposed, and so are those with a wrong value.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/confluent-local:8.1.1
    environment:
      KAFKA_AUTO_CREATE_TOPICS ENABLE: 'false'
`,
    good: `services:
  kafka:
    image: confluentinc/confluent-local:8.1.1
    environment:
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false'
`,
  },
  check: ({ model }) =>
    model.services.flatMap(service =>
      [...service.environment.values()]
        .filter(({ name }) => /\s/.test(name))
        .map(entry => problemOf(service, entry)),
    ),
};

function problemOf(service: Service, entry: EnvironmentEntry): Problem {
  const { name, namePlace: place, nameStart, form } = entry;
  const intended = intendedName(name);
  const shown = name.length > 80 ? `${name.slice(0, 80)}…` : name;
  const message =
    form === 'list' && / $/.test(name)
      ? `The name "${shown}" ends with a space: Compose refuses the file.`
      : `The name "${shown}" has white space in it: the variable is set under this name, and nothing reads it.`;
  if (form === 'list' && /:\s/.test(name))
    return { place, message, hint: 'In a list, write NAME=VALUE with an equals sign.' };
  const isKnown = knownVariables(service)?.names.has(intended) ?? false;
  const hint = isKnown ? `Write ${intended}.` : 'Write the name without white space.';
  if (!isKnown) return { place, message, hint, proposal: intended };
  const taken = service.environment.has(intended) || sameIntention(service, entry);
  if (taken || nameStart === undefined || form === 'file')
    return { place, message, hint, proposal: intended };
  if (MOVES.test(intended)) return { place, message, hint, proposal: intended };
  const edit = { file: place.file, start: nameStart, end: nameStart + name.length, text: intended };
  return { place, message, hint, edits: [edit] };
}

/** Settings that a cluster must not get on its way: its data would lie elsewhere or be deleted, or it would be another cluster. */
const MOVES = /_(DIRS?|ID|ROLES|VOTERS)$|RETENTION|CLEANUP|AUTHORIZER/;

/** Two names that both become this one: which of the values is right nobody can tell. */
const sameIntention = ({ environment }: Service, { name }: EnvironmentEntry) =>
  [...environment.keys()].some(other => other !== name && intendedName(other) === intendedName(name));
