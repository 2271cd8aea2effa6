import { describe, expect, it } from 'vitest';
import { findingsOf, type ServiceText } from '../../support/compose-projects.ts';

const found = (image: string, variable: string, listeners: string, more: ServiceText = {}) =>
  findingsOf({
    a: { image, ports: ['127.0.0.1:8082:8082'], ...more, environment: { [variable]: listeners } },
  }).filter(each => each.startsWith('listener-on-localhost'));
const REST = ['confluentinc/cp-kafka-rest:7.9.2', 'KAFKA_REST_LISTENERS'] as const;

describe('a listener for HTTP', () => {
  it.each<readonly [image: string, variable: string]>([
    REST,
    ['confluentinc/cp-schema-registry:8.1.1', 'SCHEMA_REGISTRY_LISTENERS'],
    ['confluentinc/cp-kafka-connect:7.9.2', 'CONNECT_LISTENERS'],
    ['confluentinc/ksqldb-server:0.29.0', 'KSQL_LISTENERS'],
    ['confluentinc/cp-enterprise-control-center:7.9.2', 'CONTROL_CENTER_REST_LISTENERS'],
  ])('of %s leads nowhere at localhost', (image, variable) => {
    const value = 'http://localhost:8082';
    expect(found(image, variable, value)).toEqual([`listener-on-localhost: ${value}`]);
    expect(found(image, variable, 'http://0.0.0.0:8082')).toEqual([]);
  });

  it.each<[string, string, ServiceText?]>([
    ['answers at another address too', 'http://localhost:8082,http://a:8082'],
    ['is not published', 'http://localhost:8083'],
    ['has a name', 'http://a:8082'],
    ['is not known', `http://\${HOST}:8082`],
    ['is on the network of the machine', 'http://localhost:8082', { network_mode: 'host' }],
    ['is that of an image which is built', 'http://localhost:8082', { build: '.' }],
    ['is that of another program', 'http://localhost:8082', { command: './run' }],
  ])('is not told where it %s', (_, value, more) => expect(found(...REST, value, more)).toEqual([]));
});
