import { describe, expect, it } from 'vitest';
import { settingKey, settingVariable } from '../../../../src/compose/kafka/kafka-settings.ts';
import {
  isLoopback,
  isWildcard,
  readListeners,
  readProtocolMap,
} from '../../../../src/compose/kafka/listeners.ts';
import { formatBytes, readBytes, readMaximumHeap } from '../../../../src/compose/reader/memory.ts';
import { SourceText } from '../../../../src/compose/reader/place.ts';
import { closestName } from '../../../../src/compose/reader/similar-name.ts';

const textOf = (text: string, unresolved: string[] = []) => ({
  text,
  place: new SourceText('f', text).place(0, text.length),
  contentStart: 0,
  unresolved,
});

describe('a setting', () => {
  it.each([
    ['KAFKA_ADVERTISED_LISTENERS', 'advertised.listeners'],
    [
      'KAFKA_LISTENER_NAME_X_SCRAM___SHA___256_SASL_JAAS_CONFIG',
      'listener.name.x.scram-sha-256.sasl.jaas.config',
    ],
    ['KAFKA_A__B', 'a_b'],
  ])('%s is %s, and back', (variable, key) => {
    expect(settingKey(variable, 'KAFKA_')).toBe(key);
    expect(settingVariable(key, 'KAFKA_')).toBe(variable);
  });

  it('has its prefix and a name', () => {
    expect([settingKey('KAFKA_', 'KAFKA_'), settingKey('JAVA_HOME', 'KAFKA_')]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe('listeners', () => {
  it('are read with their places', () => {
    const text = 'PLAINTEXT://kafka:9092, host://[::1]:19092 ,X://:1';
    const listeners = readListeners(textOf(text));
    expect(listeners?.map(({ name, host, port }) => [name, host, port])).toEqual([
      ['PLAINTEXT', 'kafka', 9092],
      ['HOST', '::1', 19092],
      ['X', '', 1],
    ]);
    expect(listeners?.map(({ text: each }) => text.slice(each.place.start, each.place.end))).toEqual([
      'PLAINTEXT://kafka:9092',
      'host://[::1]:19092',
      'X://:1',
    ]);
    expect(readListeners(textOf(text, ['X']))).toBeUndefined();
    for (const other of ['nonsense', 'Y://a:b'])
      expect(readListeners(textOf(`${text},${other}`))).toBeUndefined();
  });

  it('have protocols', () => {
    expect([...readProtocolMap(textOf('a:plaintext, B:SSL,C'))]).toEqual([
      ['A', 'PLAINTEXT'],
      ['B', 'SSL'],
      ['C', ''],
    ]);
  });

  it('may be on the loopback interface, or on every one', () => {
    expect(
      ['localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '::1', 'kafka', '10.0.0.1'].map(isLoopback),
    ).toEqual([true, true, true, true, true, false, false]);
    expect(['0.0.0.0', '::', '', 'kafka'].map(isWildcard)).toEqual([true, true, false, false]);
  });
});

describe('sizes', () => {
  it.each<[string, number | undefined]>([
    ['512', 512],
    ['512b', 512],
    ['1k', 1024],
    ['512m', 512 * 2 ** 20],
    ['1gb', 2 ** 30],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['x', undefined],
    ['', undefined],
  ])('%s', (text, expected) => expect(readBytes(text)).toBe(expected));

  it.each<[string, number | undefined]>([
    ['-Xmx1g', 2 ** 30],
    ['-Xms256m -Xmx512M', 512 * 2 ** 20],
    ['-Xmx1g -Xmx2g', 2 * 2 ** 30],
    ['-Xmx1024', 1024],
    ['-Xms1g', undefined],
    ['-DXmx1g', undefined],
  ])('a heap of %s', (options, expected) => expect(readMaximumHeap(options)).toBe(expected));

  it('are said as people say them', () => {
    expect([2 ** 30, 1.25 * 2 ** 30, 256 * 2 ** 20].map(formatBytes)).toEqual([
      '1 GiB',
      '1.3 GiB',
      '256 MiB',
    ]);
  });
});

describe('a name that was mistyped', () => {
  const NAMES = ['environment', 'image', 'ports', 'env_file', 'expose'];
  it.each<[string, string | undefined]>([
    ['enviroment', 'environment'],
    ['enviornment', 'environment'],
    ['port', 'ports'],
    ['img', undefined],
    ['imgae', 'image'],
    ['environment', 'environment'],
    ['something', undefined],
    ['', undefined],
  ])('%s', (written, meant) => expect(closestName(written, NAMES)).toBe(meant));
});
