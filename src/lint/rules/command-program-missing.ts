import type { Service } from '../../compose/reader/model.ts';
import { partOf, type Text } from '../../compose/reader/value.ts';
import { missingPrograms } from '../commands/missing-programs.ts';
import { ownCommand } from '../commands/service-command.ts';
import { pinsOf, platformPins, WITH_ZOOKEEPER } from '../fixes/pinned-tag.ts';
import type { Edit, Problem, Rule } from '../rule.ts';

export const commandProgramMissing: Rule = {
  id: 'command-program-missing',
  title: 'A command that runs a program which the image does not have',
  severity: 'error',
  why: "The images hold the same tools under different names. Confluent's have `kafka-topics` and the like on the path; in `apache/kafka` they are `/opt/kafka/bin/kafka-topics.sh`, in `bitnami/kafka` and `wurstmeister/kafka` `kafka-topics.sh`; `apache/kafka-native` has none. Confluent's images since 8.1 have `ub`, but no `cub`, `dub`, `nc` or `wget`. A command with such a name ends at it, or waits for ever.",
  fix: 'Write the name that the image has.',
  example: {
    bad: `services:
  topics:
    image: confluentinc/cp-kafka:8.1.1
    command: bash -c "cub kafka-ready -b kafka.example.org:9092 1 60 && kafka-topics --bootstrap-server kafka.example.org:9092 --list"
`,
    good: `services:
  topics:
    image: confluentinc/cp-kafka:8.1.1
    command: bash -c "ub kafka-ready -b kafka.example.org:9092 1 60 && kafka-topics --bootstrap-server kafka.example.org:9092 --list"
`,
  },
  check: context => {
    const pins = platformPins(context);
    return context.model.services.flatMap(service => problemsOf(service, pins));
  },
};

function problemsOf(service: Service, pins: readonly Edit[]): Problem[] {
  const command = ownCommand(service);
  if (!command) return [];
  // In a project that is put back to the last version with ZooKeeper nothing else needs to change.
  const isPinned = service.image !== undefined && pinsOf(pins, service.image);
  const missing = missingPrograms(service, command.script, command.raw);
  const programs = [...new Map(missing.map(each => [each.program, each])).values()];
  return programs.flatMap(({ program, instead }) => {
    const text = command.texts.find(each => each.text.includes(program)) ?? command.texts[0];
    if (!text) return [];
    const message = `The image of "${service.name}" has no ${program}: the command fails.`;
    const older = IN_7_9.has(program)
      ? `Name version ${WITH_ZOOKEEPER} of the image, which has it.`
      : instead;
    return [{ place: placeIn(text, program), message, hint: isPinned ? older : instead }];
  });
}

/** Programs that Confluent's images lost with version 8.1. */
const IN_7_9: ReadonlySet<string> = new Set(['cub', 'dub', 'nc', 'ncat', 'wget']);

/** The word itself where it stands in the file as it is, on the line where its text begins. */
export function placeIn(text: Text, word: string): Text['place'] {
  const at = text.text.indexOf(word);
  const isOneLine = text.place.line === text.place.endLine;
  return at < 0 || !isOneLine ? text.place : partOf(text, at, at + word.length).place;
}
