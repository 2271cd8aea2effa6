import { isLatest, knownImage, readImage } from '../../compose/kafka/images.ts';
import { pinEdit, pinnedTag } from '../fixes/pinned-tag.ts';
import type { Problem, Rule } from '../rule.ts';

export const imageNotPinned: Rule = {
  id: 'image-not-pinned',
  title: 'An image without a version',
  severity: 'warning',
  why: '`latest`, or no tag, is another image from one day to the next. That is how stacks with ZooKeeper broke: since version 8 the Kafka image has none. A file that names versions starts the same cluster next year.',
  fix: 'Name a version. Images of one stack belong together: give Kafka, ZooKeeper and the registry of Confluent the same one.',
  safeFix:
    "In a project whose brokers use ZooKeeper, Confluent's Kafka, ZooKeeper and registry images get the version that the project's other images of Confluent already have, or 7.9.2: `latest` of the Kafka image cannot run there at all. Anywhere else no version is put in, because data that a newer version wrote may not be readable for an older one.",
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:latest
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
`,
  },
  check: context =>
    context.model.services.flatMap((service): Problem[] => {
      const image = service.image && readImage(service.image);
      if (!service.image || !image || service.builds || !isLatest(image)) return [];
      const { place } = service.image;
      const what = image.tag ? 'The tag "latest"' : 'An image without a tag';
      const message = `${what} is another image from one day to the next.`;
      const tag = pinnedTag(service, context);
      const edit = tag === undefined ? undefined : pinEdit(service.image, image, tag);
      if (edit) return [{ place, message, hint: `Write ${image.name}:${tag}.`, edits: [edit] }];
      const example =
        knownImage(image)?.family === 'confluent' ? `${image.name}:8.1.1` : `${image.name}:VERSION`;
      return [{ place, message, hint: 'Name a version.', proposal: example }];
    }),
};
