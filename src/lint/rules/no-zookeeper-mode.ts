import { isLatest, readImage, withdrawalOf } from '../../compose/kafka/images.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { variableFor } from '../../compose/kafka/kafka-settings.ts';
import type { Service } from '../../compose/reader/model.ts';
import {
  hasEndedBefore,
  isWithoutItsZooKeeper,
  pinsOf,
  platformPins,
  WITH_ZOOKEEPER,
} from '../fixes/pinned-tag.ts';
import type { Edit, Problem, Rule } from '../rule.ts';

export const noZookeeperMode: Rule = {
  id: 'no-zookeeper-mode',
  title: 'ZooKeeper settings for a Kafka that has no ZooKeeper',
  severity: 'error',
  why: 'Kafka 4 removed ZooKeeper. Images with it, `confluentinc/cp-kafka` from 8.0 on, `apache/kafka`, and whatever `latest` is today, do not start with ZooKeeper settings: they ask for `KAFKA_PROCESS_ROLES`. The image `apache/kafka` never had a ZooKeeper mode, not with Kafka 3 either, and `confluentinc/cp-zookeeper` ends with 7.9.',
  fix: 'Stay with ZooKeeper on an image that has it (`confluentinc/cp-kafka:7.9.2`), or replace the ZooKeeper settings by those of KRaft.',
  safeFix:
    "`latest` of Confluent's image, and of every other of Confluent's in the project, becomes 7.9.2, the last with ZooKeeper, as in [image-not-pinned](#image-not-pinned): as written the broker does not start. A version that is written out is left alone, because it says what was meant.",
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:latest
    environment:
      KAFKA_BROKER_ID: 1
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_BROKER_ID: 1
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
`,
  },
  check: context => {
    const pins = platformPins(context);
    // Which version a name without one gets is open when there is none any more: image-withdrawn says what to take.
    const isGone = ({ image }: KafkaNode) => isLatest(image) && withdrawalOf(image) !== undefined;
    const nodes = context.kafka.nodes.filter(node => isWithoutItsZooKeeper(node) && !isGone(node));
    return [
      ...nodes.flatMap(node => brokerProblem(node, pins)),
      ...context.model.services.flatMap(endedProblem),
    ];
  },
};

function brokerProblem(node: KafkaNode, pins: readonly Edit[]): Problem[] {
  const text = node.service.image;
  if (!text) return [];
  const { image, settings, family } = node;
  const { place, text: cause } = text;
  const setting = settings.get('zookeeper.connect');
  const variable = setting?.variable || variableFor('zookeeper.connect', family);
  const moves = isLatest(image) ? ', as of now,' : '';
  const message = `${text.text}${moves} has no ZooKeeper mode: with ${variable} and without KRaft settings it does not start.`;
  if (pinsOf(pins, text)) {
    const hint = `Write ${image.name}:${WITH_ZOOKEEPER}, which has ZooKeeper.`;
    return [{ place, cause, message, hint, edits: pins }];
  }
  const hint = 'Name an image that has ZooKeeper, or replace the ZooKeeper settings by those of KRaft.';
  return [{ place, cause, message, hint, proposal: withZooKeeper(node) }];
}

/** An image that reads the variables which are there. */
function withZooKeeper({ family, image }: KafkaNode): string {
  if (family === 'bitnami') return 'bitnamilegacy/kafka:3.9.0';
  return family === 'confluent'
    ? `${image.name}:${WITH_ZOOKEEPER}`
    : `confluentinc/cp-kafka:${WITH_ZOOKEEPER}`;
}

/** Version 8 of an image that Confluent made for ZooKeeper. */
function endedProblem({ image: text, builds }: Service): Problem[] {
  const image = text && readImage(text);
  if (!text || !image || builds || !hasEndedBefore(image)) return [];
  const message = `There is no ${text.text}: this image of Confluent's ends with 7.9.`;
  const proposal = `${image.name}:${WITH_ZOOKEEPER}`;
  return [
    {
      place: text.place,
      cause: text.text,
      message,
      hint: 'Name version 7.9.2, or do without ZooKeeper.',
      proposal,
    },
  ];
}
