import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readKafka } from '../../../src/compose/kafka/kafka-model.ts';
import { loadCompose } from '../../../src/compose/reader/load.ts';
import { schemaFaults } from '../../../src/compose/reader/schema.ts';
import { readSource } from '../../../src/compose/reader/source.ts';
import { fixCompose } from '../../../src/lint/fixes/fix.ts';
import { lintCompose } from '../../../src/lint/lint.ts';

const PATH = 'test/unit/lint/files/guide-section-2.yml';
const text = readFileSync(PATH, 'utf8');
const lint = (content: string) => lintCompose([{ path: PATH, text: content }]);

/** Written by hand, by reading the guide, before the linter saw the file. */
const FAULTS: readonly [line: number, rule: string, severity: 'error' | 'warning', text: string][] = [
  [1, 'obsolete-version', 'warning', 'version'],
  [4, 'image-not-pinned', 'warning', 'confluentinc/cp-zookeeper:latest'],
  [10, 'open-port', 'warning', '"2181:2181"'],
  [13, 'image-not-pinned', 'warning', 'confluentinc/cp-schema-registry:latest'],
  [15, 'depends-on-without-health', 'warning', 'depends_on'],
  [20, 'open-port', 'warning', '"8081:8081"'],
  [25, 'registry-bootstrap', 'warning', 'PLAINTEXT_INTERNAL://localhost:29092'],
  [29, 'no-zookeeper-mode', 'error', 'confluentinc/cp-kafka:latest'],
  [32, 'open-port', 'warning', '"19092:19092"'],
  [54, 'environment-name-whitespace', 'error', 'KAFKA_OFFSETS_TOPIC REPLICATION_FACTOR'],
  [66, 'environment-name-whitespace', 'error', 'KAFKA_LISTENER SECURITY_PROTOCOL_MAP'],
  [67, 'environment-name-whitespace', 'error', 'KAFKA_ADVERTISED LISTENERS'],
  [68, 'environment-name-whitespace', 'error', 'KAFKA_OFFSETS_TOPIC REPLICATION FACTOR'],
];

describe("the guide's compose file", () => {
  it('has exactly the faults that a reader finds', () => {
    const found = lint(text).map(({ place, ruleId, severity }) => [
      place.line,
      ruleId,
      severity,
      text.slice(place.start, place.end),
    ]);
    expect(found).toEqual(FAULTS);
  });
});

describe("the guide's compose file, fixed", () => {
  const { files, fixed, remaining } = fixCompose([{ path: PATH, text }]);
  const [{ text: after, diff } = { text: '', diff: '' }] = files;
  const { model } = loadCompose([{ path: PATH, text: after }]);

  it('has no error left, and of the warnings those whose fix is for people to decide', () => {
    expect(remaining).toEqual(lint(after));
    expect(remaining.map(({ ruleId, place }) => [ruleId, after.slice(place.start, place.end)])).toEqual([
      ['open-port', '"2181:2181"'],
      ['open-port', '"8081:8081"'],
    ]);
    expect(fixed).toHaveLength(FAULTS.length - remaining.length);
  });

  it('is a cluster of three brokers with a registry', () => {
    const kafka = readKafka(model);
    const [cluster] = kafka.clusters;
    expect(kafka.clusters).toHaveLength(1);
    expect(cluster?.complete).toBe(true);
    expect(
      cluster?.brokers.map(({ id, advertised }) => [
        id?.number,
        advertised?.map(({ text: each }) => each.text),
      ]),
    ).toEqual(
      [1, 2, 3].map(n => [
        n,
        [`PLAINTEXT://kafka-broker-${n}:9092`, `PLAINTEXT_INTERNAL://localhost:${n}9092`],
      ]),
    );
    expect(
      cluster?.brokers.map(({ settings }) => settings.get('offsets.topic.replication.factor')?.value.text),
    ).toEqual(['3', '3', '3']);
    expect(kafka.registries[0]?.bootstrap?.map(({ host, port }) => `${host}:${port}`).sort()).toEqual(
      [1, 2, 3].map(n => `kafka-broker-${n}:9092`),
    );
    expect(model.services.flatMap(({ image }) => image?.text.split(':')[1])).toEqual(Array(5).fill('7.9.2'));
    // ZooKeeper and the registry answer whoever asks today: who is to stay out is for people to decide.
    expect(model.services.map(({ ports }) => ports[0]?.address)).toEqual([
      ...[undefined, undefined],
      ...['127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ]);
  });

  it('follows the Compose specification', () => {
    expect(readSource(PATH, after, () => undefined).roots.flatMap(root => schemaFaults(root))).toEqual([]);
  });

  it('keeps every line that has no fault, in its order', () => {
    const removed = diff
      .split('\n')
      .filter(line => /^-(?!--)/.test(line))
      .map(line => line.slice(1));
    const lines = text.split('\n');
    const changed = new Set([...FAULTS.map(([line]) => line), 16, 17, 18, 46, 60]);
    for (const line of removed) expect([...changed].map(number => lines[number - 1])).toContain(line);
    expect(removed).toHaveLength(17);
  });

  it('does not change any more', () => {
    expect(fixCompose([{ path: PATH, text: after }])).toMatchObject({
      fixed: [],
      files: [{ text: after, diff: '' }],
    });
  });
});

describe('the stack of the action itself', () => {
  it('has nothing that is wrong with it', () => {
    const path = 'stacks/zookeeper/docker-compose.yml';
    const file = { path, text: readFileSync(path, 'utf8') };
    expect(lintCompose([file])).toEqual([]);
    expect(fixCompose([file])).toMatchObject({ fixed: [], files: [{ diff: '' }] });
  });
});
