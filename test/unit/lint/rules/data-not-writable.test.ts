import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../support/compose-projects.ts';

const ENVIRONMENT = {
  KAFKA_NODE_ID: 1,
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
  KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092',
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka:9093',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1,
};

interface Case {
  readonly target: string;
  /** KAFKA_LOG_DIRS. */
  readonly folder?: string;
  readonly image?: string;
  readonly service?: object;
  readonly volume?: object | null;
  readonly others?: object;
}

function refused({
  target,
  folder,
  image = 'apache/kafka:4.1.0',
  service,
  volume = null,
  others,
}: Case): boolean {
  const environment = folder === undefined ? ENVIRONMENT : { ...ENVIRONMENT, KAFKA_LOG_DIRS: folder };
  const kafka = { image, environment, volumes: [`data:${target}`], ...service };
  const found = findingsOf({ kafka, ...others } as never, { volumes: { data: volume } });
  return found.some(finding => finding.startsWith('data-not-writable: '));
}

describe('a volume that the broker may not write to', () => {
  it.each<[string, Case]>([
    ['at a folder of its own', { target: '/data', folder: '/data' }],
    ['above the folder', { target: '/kafka', folder: '/kafka/logs' }],
    ['at the folder that Kafka takes by itself', { target: '/tmp/kafka-logs' }],
    ['beside the one that the image has', { target: '/var/lib/kafka/logs', folder: '/var/lib/kafka/logs' }],
    [
      'of an image compiled to a program',
      { target: '/data', folder: '/data', image: 'apache/kafka-native:4.1.0' },
    ],
    ['of Confluent', { target: '/data', folder: '/data', image: 'confluentinc/cp-kafka:7.9.2' }],
  ])('%s', (_, files) => expect(refused(files)).toBe(true));

  it.each<[string, Case]>([
    ['the folder that the image has', { target: '/var/lib/kafka/data', folder: '/var/lib/kafka/data' }],
    ['a folder in that', { target: '/var/lib/kafka/data', folder: '/var/lib/kafka/data/1' }],
    ['the folder above it', { target: '/var/lib/kafka', folder: '/var/lib/kafka/data' }],
    ['a folder where anybody may write', { target: '/tmp', folder: '/tmp/kafka-logs' }],
    ['another folder than the data are in', { target: '/data', folder: '/var/lib/kafka/data' }],
    ['root', { target: '/data', folder: '/data', service: { user: 'root' } }],
    ['a command of its own', { target: '/data', folder: '/data', service: { command: 'sh /start.sh' } }],
    [
      'an image that runs as root',
      { target: '/data', folder: '/data', image: 'confluentinc/cp-kafka:5.5.0' },
    ],
    ['an image of which that is not known', { target: '/data', folder: '/data', image: 'example/kafka:1' }],
    ['a volume that was there before', { target: '/data', folder: '/data', volume: { external: true } }],
    ['a name that it may have had before', { target: '/data', folder: '/data', volume: { name: 'kafka' } }],
    [
      'a folder of the machine by a driver',
      { target: '/data', folder: '/data', volume: { driver_opts: { o: 'bind' } } },
    ],
    [
      'a service that gives it away',
      {
        target: '/data',
        folder: '/data',
        others: { init: { image: 'busybox:1.37', command: 'chown -R 1000 /data', volumes: ['data:/data'] } },
      },
    ],
  ])('nothing is told of %s', (_, files) => expect(refused(files)).toBe(false));
});
