import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpack } from '../../../../src/kafka/codecs/codecs.ts';
import { batchesIn } from '../../../../src/kafka/records/fetched-batch.ts';
import { recordsIn } from '../../../../src/kafka/records/fetched-records.ts';
import { kafkaJsBatch, kafkaJsMessages } from '../../support/kafkajs-encoders.ts';

const segment = (codec: string) =>
  readFileSync(join(import.meta.dirname, '../codecs/segments', `${codec}.segment`));
const buffer = (text: string) => Buffer.from(text);
const plain = (number: number) => ({ value: buffer(`${number}`), headers: { sequence: `${number}` } });
const records = (bytes: Buffer, from = 0) => [...recordsIn(batchesIn(bytes, unpack) ?? [], from)];
const offsets = (bytes: Buffer, from?: number) => records(bytes, from).map(({ offset }) => offset);

const anyBytes = fc.uint8Array({ maxLength: 80 }).map(bytes => Buffer.from(bytes));
const anyRecord = fc.record({
  value: fc.option(anyBytes),
  key: fc.option(anyBytes),
  headers: fc.dictionary(
    // Of a header of this name kafkajs makes nothing.
    fc.string({ unit: 'grapheme', maxLength: 70 }).filter(name => name !== '__proto__'),
    fc.oneof(anyBytes, fc.array(anyBytes, { minLength: 1, maxLength: 3 })),
    { maxKeys: 4, noNullPrototype: true },
  ),
});

describe('records that a fetch brings', () => {
  it('are read as kafkajs reads them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyRecord, { minLength: 1, maxLength: 20 }), { maxLength: 4 }),
        fc.integer({ min: 0, max: 2 ** 52 }),
        async (batches, first) => {
          const bytes: Buffer[] = [];
          let next = first;
          for (const batch of batches) {
            bytes.push(await kafkaJsBatch(batch, next));
            next += batch.length;
          }
          const all = Buffer.concat(bytes);
          const theirs = await kafkaJsMessages(all);
          expect(
            records(all).map(({ value, headers, offset }) => ({ value, headers, offset: `${offset}` })),
          ).toEqual(theirs.map(({ value, headers, offset }) => ({ value, headers, offset })));
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])('are unpacked, of codec %s', async codec => {
    const theirs = await kafkaJsMessages(segment('gzip'));
    expect(records(segment(codec)).map(({ value }) => `${value}`)).toEqual(
      theirs.map(({ value }) => `${value}`),
    );
  });

  it('begin at the offset that was asked for, within a batch too', async () => {
    const bytes = Buffer.concat([
      await kafkaJsBatch([0, 1, 2].map(plain), 10),
      await kafkaJsBatch([plain(3)], 13),
    ]);
    expect(offsets(bytes)).toEqual([10, 11, 12, 13]);
    expect(offsets(bytes, 12)).toEqual([12, 13]);
    expect(records(bytes, 13).map(({ value }) => `${value}`)).toEqual(['3']);
  });

  it('end before a batch that is cut off', async () => {
    const [first, second] = [await kafkaJsBatch([plain(0)], 5), await kafkaJsBatch([plain(1)], 6)];
    for (let length = 0; length < second.length; length += 7)
      expect(offsets(Buffer.concat([first, second.subarray(0, length)]))).toEqual([5]);
    expect(offsets(Buffer.concat([first, second]))).toEqual([5, 6]);
  });

  it('are left to kafkajs where a batch is of an older format', async () => {
    const old = await kafkaJsBatch([plain(0)]);
    old.writeInt8(1, 16);
    expect(batchesIn(Buffer.concat([await kafkaJsBatch([plain(0)]), old]), unpack)).toBeUndefined();
    expect([...recordsIn([{ offset: '7', value: buffer('old') }], 0)]).toEqual([
      { offset: 7, value: buffer('old') },
    ]);
  });

  it('are known to kafkajs by the last offset of their batch, which compaction keeps', async () => {
    const compacted = await kafkaJsBatch([], 20, { lastOffsetDelta: 4 });
    const [batch] = batchesIn(compacted, unpack) ?? [];
    expect(batch).toMatchObject({ offset: '24', isControlRecord: false });
    expect(records(compacted)).toEqual([]);
  });

  it('may be the marks of a transaction, which no reader is given', async () => {
    const mark = await kafkaJsBatch([plain(0)], 3);
    mark.writeInt16BE(0x30, 21);
    expect(batchesIn(mark, unpack)).toMatchObject([{ offset: '3', isControlRecord: true }]);
  });

  it('are refused where they end behind their batch', async () => {
    const bytes = await kafkaJsBatch([plain(0)]);
    bytes.writeInt32BE(2, 57);
    expect(() => records(bytes)).toThrow('ends behind its batch');
  });
});
