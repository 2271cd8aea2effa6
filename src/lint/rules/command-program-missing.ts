import type { Service } from '../../compose/reader/model.ts';
import { partOf, type Text } from '../../compose/reader/value.ts';
import { brokenLine } from '../commands/broken-lines.ts';
import { missingPrograms } from '../commands/missing-programs.ts';
import { ownCommand } from '../commands/service-command.ts';
import { asPinned, platformPins } from '../fixes/pinned-tag.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const commandProgramMissing: Rule = {
  id: 'command-program-missing',
  title: 'A command that runs a program which the image does not have',
  severity: 'error',
  why: "The images hold the same tools under different names. Confluent's have `kafka-topics` and the like on the path; in `apache/kafka` they are `/opt/kafka/bin/kafka-topics.sh`, in `bitnami/kafka` and `wurstmeister/kafka` `kafka-topics.sh`; `apache/kafka-native` has none. Confluent's images since 8.1 have `ub`, but no `cub`, `dub`, `nc` or `wget`. A command with such a name ends at it, or waits for ever. An option behind a line break is taken for a program, too.",
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
    // Programs that only the newest version is without are there again once the image has the version that it needs anyway.
    const pins = platformPins(context);
    return context.model.services.flatMap(service => [
      ...problemsOf(asPinned(service, pins)),
      ...brokenProblems(service, context),
    ]);
  },
};

/** No image has a program whose name begins with two dashes. */
function brokenProblems(service: Service, { sources }: LintContext): Problem[] {
  const command = ownCommand(service);
  const broken = command && brokenLine(command, sources);
  if (!broken) return [];
  const { option, place } = broken;
  const message = `A line break ends the command before ${option}, which the shell of "${service.name}" then runs as a program: there is none.`;
  const hint =
    'Indent all lines of the script alike behind ">", which makes spaces of their breaks only then; or write it as the last item of a list behind "|", with a backslash at the end of each line that goes on.';
  return [{ place, message, hint }];
}

function problemsOf(service: Service): Problem[] {
  const command = ownCommand(service);
  if (!command) return [];
  const missing = missingPrograms(service, command.script, command.raw);
  const programs = [...new Map(missing.map(each => [each.program, each])).values()];
  return programs.flatMap(({ program, instead }) => {
    const text = command.texts.find(each => each.text.includes(program)) ?? command.texts[0];
    if (!text) return [];
    const message = `The image of "${service.name}" has no ${program}: the command fails.`;
    return [{ place: placeIn(text, program), message, hint: instead }];
  });
}

/** The word itself where it stands in the file as it is, on the line where its text begins. */
export function placeIn(text: Text, word: string): Text['place'] {
  const at = text.text.indexOf(word);
  const isOneLine = text.place.line === text.place.endLine;
  return at < 0 || !isOneLine ? text.place : partOf(text, at, at + word.length).place;
}
