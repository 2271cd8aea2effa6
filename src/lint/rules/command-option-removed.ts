import type { Service } from '../../compose/reader/model.ts';
import { removedOptions } from '../commands/removed-options.ts';
import { ownCommand } from '../commands/service-command.ts';
import { asPinned, platformPins } from '../fixes/pinned-tag.ts';
import type { Problem, Rule } from '../rule.ts';
import { placeIn } from './command-program-missing.ts';

export const commandOptionRemoved: Rule = {
  id: 'command-option-removed',
  title: "A command with an option that Kafka's tools no longer have",
  severity: 'error',
  why: 'Since Kafka 3.0 `kafka-topics` and `kafka-reassign-partitions` have no `--zookeeper`, since 4.0 `kafka-configs` has none either and `kafka-acls` no `--authorizer-properties`: they say that it is not a recognized option and do nothing. So topics are not made that others need.',
  fix: 'Name a broker with `--bootstrap-server`.',
  example: {
    bad: `services:
  topics:
    image: confluentinc/cp-kafka:7.9.2
    command: kafka-topics --create --topic orders --zookeeper zookeeper.example.org:2181
`,
    good: `services:
  topics:
    image: confluentinc/cp-kafka:7.9.2
    command: kafka-topics --create --topic orders --bootstrap-server kafka.example.org:9092
`,
  },
  check: context => {
    // In a project that is put back to the last version with ZooKeeper the tools are those of that version.
    const pins = platformPins(context);
    return context.model.services.flatMap(service => problemsOf(asPinned(service, pins)));
  },
};

function problemsOf(service: Service): Problem[] {
  const command = ownCommand(service);
  if (!command) return [];
  const removed = removedOptions(service, command.script);
  const once = new Map(removed.map(each => [`${each.program} ${each.option}`, each]));
  return [...once.values()].flatMap(({ program, option, since, instead }) => {
    const text = command.texts.find(each => each.text.includes(option)) ?? command.texts[0];
    if (!text) return [];
    const message = `In the image of "${service.name}" ${program} has no ${option}, which Kafka ${since}.0 took out: the command fails.`;
    return [{ place: placeIn(text, option), message, hint: instead }];
  });
}
