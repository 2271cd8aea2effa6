import { isLatest, knownImage, readImage, readVersion } from '../../compose/kafka/images.ts';
import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import type { Service } from '../../compose/reader/model.ts';
import { pinEdit, pinnedTag } from '../fixes/pinned-tag.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';

export const noZookeeperMode: Rule = {
  id: 'no-zookeeper-mode',
  title: 'ZooKeeper settings for a Kafka that has no ZooKeeper',
  severity: 'error',
  why: 'Kafka 4 removed ZooKeeper. Images with it, `confluentinc/cp-kafka` from 8.0 on, `apache/kafka`, and whatever `latest` is today, do not start with ZooKeeper settings: they ask for `KAFKA_PROCESS_ROLES`. The image `apache/kafka` never had a ZooKeeper mode, not with Kafka 3 either, and `confluentinc/cp-zookeeper` ends with 7.9.',
  fix: 'Stay with ZooKeeper on an image that has it (`confluentinc/cp-kafka:7.9.2`), or replace the ZooKeeper settings by those of KRaft.',
  safeFix:
    "`latest` of Confluent's image becomes a version with ZooKeeper, as in [image-not-pinned](#image-not-pinned): as written the broker does not start. A version that is written out is left alone, because it says what was meant.",
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
  check: context => [
    ...context.kafka.nodes.flatMap(node => brokerProblem(node, context)),
    ...context.model.services.flatMap(zookeeperProblem),
  ],
};

function brokerProblem(node: KafkaNode, context: LintContext): Problem[] {
  const { service, image, mode } = node;
  if (mode !== 'zookeeper' || service.builds || !service.image || !lacksZooKeeper(node)) return [];
  const { place } = service.image;
  const variable = node.settings.get('zookeeper.connect')?.variable ?? 'zookeeper.connect';
  const message = `${service.image.text} has no ZooKeeper mode: with ${variable} and without KRaft settings it does not start.`;
  const tag = pinnedTag(service, context);
  const edit = tag === undefined ? undefined : pinEdit(service.image, image, tag);
  if (edit)
    return [{ place, message, hint: `Write ${image.name}:${tag}, which has ZooKeeper.`, edits: [edit] }];
  const hint = 'Name an image that has ZooKeeper, or replace the ZooKeeper settings by those of KRaft.';
  return [{ place, message, hint, proposal: 'confluentinc/cp-kafka:7.9.2' }];
}

function lacksZooKeeper({ family, version, image }: KafkaNode): boolean {
  if (family === 'apache' || family === 'confluent-local') return true;
  if (family === 'wurstmeister') return false;
  return version ? version.major >= 4 : isLatest(image);
}

function zookeeperProblem({ image: text, builds }: Service): Problem[] {
  const image = text && readImage(text);
  const known = image && knownImage(image);
  if (!text || builds || known?.role !== 'zookeeper' || known.family !== 'confluent') return [];
  if ((readVersion(image?.tag?.text)?.major ?? 0) < 8) return [];
  const message = `There is no ${text.text}: Confluent's ZooKeeper image ends with 7.9.`;
  return [
    {
      place: text.place,
      message,
      hint: 'Name version 7.9.2, or do without ZooKeeper.',
      proposal: 'confluentinc/cp-zookeeper:7.9.2',
    },
  ];
}
