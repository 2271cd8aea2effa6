import type { EnvironmentEntry, Service } from '../../compose/reader/model.ts';
import { breaksByQuotes, quotedText } from '../images/quoted-values.ts';
import { imageOf } from '../images/service-image.ts';
import type { Problem, Rule } from '../rule.ts';

export const quotesInValue: Rule = {
  id: 'quotes-in-value',
  title: 'Quotes that become part of a value',
  severity: 'error',
  why: 'In the list form of `environment` an item is one text: in `- KAFKA_X="a"` the quotes stand inside of it and reach the container. Kafka, ZooKeeper and Java read neither addresses nor numbers with quotes, and do not start. In the form `KAFKA_X: "a"`, and in an `env_file`, the quotes are not part of the value. A value that may work with its quotes is a warning.',
  fix: 'Leave the quotes out, or put them around the whole item.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      - KAFKA_ZOOKEEPER_CONNECT=zookeeper.example.org:2181
      - KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://kafka:9092
      - KAFKA_AUTO_CREATE_TOPICS_ENABLE="false"
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      - KAFKA_ZOOKEEPER_CONNECT=zookeeper.example.org:2181
      - KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://kafka:9092
      - KAFKA_AUTO_CREATE_TOPICS_ENABLE=false
`,
  },
  check: ({ model }) =>
    model.services.flatMap(service =>
      [...service.environment.values()].flatMap(entry => problemOf(service, entry)),
    ),
};

/** What a program most likely takes apart: a number, a switch, an address, an option. */
const READ = /^(?:\d+|true|false|yes|no)$|:\d+|:\/\/|^-/i;

function problemOf(service: Service, entry: EnvironmentEntry): Problem[] {
  const { name, value, form } = entry;
  const inside = form === 'list' ? quotedText(value.text) : undefined;
  if (inside === undefined) return [];
  const breaks = breaksByQuotes(service, entry, inside);
  if (!breaks && !imageOf(service) && !READ.test(inside)) return [];
  const outcome = breaks ? `, and "${service.name}" does not start` : '';
  const message = `The quotes are part of the value of ${name}${outcome}.`;
  const problem = {
    place: value.place,
    message,
    hint: `Write ${name}=${inside.length < 60 ? inside : '…'} without quotes.`,
    proposal: `${name}=${inside}`,
  };
  return [breaks ? problem : { ...problem, severity: 'warning' }];
}
