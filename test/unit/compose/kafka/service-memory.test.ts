import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ServiceMemory } from '../../../../src/compose/kafka/service-memory.ts';
import { readStack } from '../../support/stacks.ts';

/** The memory of a compose file's only service. */
function memoryOf(name: string, service: object): ServiceMemory | undefined {
  return readStack(stringify({ services: { [name]: { image: 'busybox:1', ...service } } })).memory[0];
}

describe('the memory of a service', () => {
  it.each<[string, number]>([
    ['-Xms256m -Xmx512m', 712],
    ['-Xmx512M', 712],
    ['-Xmx1g', 1224],
    ['-Xmx262144k', 456],
    ['-Xmx268435456', 456],
    ['-Xmx1g -Xmx256m', 456],
    ['-Xmx1500k', 202],
  ])('is its heap limit %s and what a JVM takes beside it', (options, mib) => {
    expect(memoryOf('a', { environment: { SCHEMA_REGISTRY_HEAP_OPTS: options } })).toEqual({
      service: 'a',
      mib,
    });
  });

  it.each<[string, number | undefined]>([
    ['confluentinc/cp-kafka:8.1.1', 1224],
    ['confluentinc/cp-kafka', 1224],
    ['registry.example/confluentinc/cp-zookeeper:7.9.2', 712],
    ['confluentinc/cp-schema-registry@sha256:ab', 712],
    ['apache/kafka:4.1.1', 1224],
    ['apache/kafka-native:4.1.1', undefined],
    ['confluentinc/cp-kafka-connect:8.1.1', undefined],
    ['nginx:1', undefined],
  ])('of the image %s without a limit is what the image sets, where that is known', (image, mib) => {
    expect(memoryOf('a', { image, environment: { KAFKA_HEAP_OPTS: '-Xms128m' } })?.mib).toBe(mib);
  });

  it('is not known of a service without image and settings', () => {
    expect(memoryOf('a', {})).toBeUndefined();
  });
});
