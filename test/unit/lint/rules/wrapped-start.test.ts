import { describe, expect, it } from 'vitest';
import { findingsOf, zookeeperBroker } from '../../support/compose-projects.ts';

const wrapped = (command: unknown, more: object = {}) => ({
  kafka: zookeeperBroker(
    {
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:29092,PLAINTEXT_HOST://localhost:9092',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT',
    },
    { command, ...more },
  ),
});
const RUN = 'bash -c "until test -f /certs/ready; do sleep 1; done; exec /etc/confluent/docker/run"';

describe('a command that ends in the start script of the image', () => {
  it.each<[string, unknown, boolean]>([
    ['one that waits first', RUN, true],
    ['a list', ['bash', '-c', 'sleep 5 && /etc/confluent/docker/run'], true],
    ['a script of several lines', '|\n  sleep 5\n  /etc/confluent/docker/run\n', true],
    ['one that sets listeners', `bash -c "export KAFKA_LISTENERS=A://:1; /etc/confluent/docker/run"`, false],
    ['a script that nobody sees', '/start.sh', false],
    ['another program', 'sleep infinity', false],
  ])('leaves the ports to the rules: %s', (_, command, isJudged) => {
    const found = findingsOf(wrapped(command, { ports: ['9092:9092'] }));
    expect(found.includes('open-port: 9092:9092')).toBe(isJudged);
  });

  it.each<[string, unknown, boolean]>([
    ['one that waits first', RUN, true],
    ['a script that nobody sees', '/start.sh', false],
  ])('leaves the data to the rules: %s', (_, command, isJudged) => {
    const db = { image: 'busybox:1.37', volumes: ['kept:/kept'] };
    const services = { ...wrapped(command, { restart: 'always', tmpfs: '/tmp' }), db };
    const found = findingsOf(services, { volumes: { kept: {} } });
    expect(found.includes('data-without-volume: kafka')).toBe(isJudged);
  });

  it('may set what is missing', () => {
    const ports = ['127.0.0.1:9092:9092'];
    expect(findingsOf(wrapped(RUN, { ports }))).toEqual([]);
    const { kafka } = wrapped(RUN, { ports });
    const environment = { KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:29092' };
    expect(findingsOf({ kafka: { ...kafka, environment } })).toEqual([]);
  });
});
