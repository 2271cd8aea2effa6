import { unknownNames } from '../advertised-hosts.ts';
import type { Rule } from '../rule.ts';

export const advertisedHostUnknown: Rule = {
  id: 'advertised-host-unknown',
  title: 'A broker sends others of the project to a name that none of it has',
  severity: 'error',
  why: 'Brokers and clients go to the address that a broker advertises. In the networks of the project only the names of services and containers, host names and aliases are known: at another name nobody finds the broker.',
  fix: 'Advertise the name of the service.',
  example: {
    bad: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafak:9092
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
`,
    good: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
`,
  },
  check: context =>
    unknownNames(context).flatMap(({ node: { service }, listener: { name, host, port, text }, users }) =>
      users === undefined
        ? []
        : [
            {
              place: text.place,
              message: `No service of the project is called "${host}": there ${users} cannot find "${service.name}".`,
              hint: `Advertise ${name}://${service.name}:${port}.`,
              proposal: `${name}://${service.name}:${port}`,
            },
          ],
    ),
};
