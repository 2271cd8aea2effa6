import { describe, expect, it } from 'vitest';
import {
  CompactReader,
  compactArray,
  compactString,
  int32,
  NO_TAGS,
} from '../../../src/kafka/compact-protocol.ts';

describe("Kafka's flexible protocol", () => {
  it('has the length plus one before strings and arrays', () => {
    expect([...compactString('ab')]).toEqual([3, 97, 98]);
    expect([...compactArray([int32(7), int32(-1)])]).toEqual([3, 0, 0, 0, 7, 255, 255, 255, 255]);
    const long = compactString('x'.repeat(300));
    expect([...long.subarray(0, 2)]).toEqual([0xad, 0x02]);
  });

  it('is read as it is written', () => {
    const long = 'é'.repeat(200);
    const answer = new CompactReader(
      Buffer.concat([int32(42), compactString(long), compactArray([int32(1), int32(2)]), NO_TAGS, int32(-7)]),
    );
    expect(answer.int32()).toBe(42);
    expect(answer.string()).toBe(long);
    expect(answer.array(() => answer.int32())).toEqual([1, 2]);
    answer.tags();
    expect(answer.int32()).toBe(-7);
    expect(() => answer.int16()).toThrow('too short');
  });

  it('has nothing where a string or an array is null, and passes over fields of later versions', () => {
    const answer = new CompactReader(Buffer.from([0, 0, 2, 0, 2, 9, 9, 1, 1, 9, 0, 5]));
    expect(answer.string()).toBe('');
    expect(answer.array(() => 1)).toEqual([]);
    answer.tags();
    expect(answer.int16()).toBe(5);
  });

  it('has numbers of 64 bits, and ids', () => {
    const answer = new CompactReader(
      Buffer.concat([Buffer.from('ffffffffffffffff', 'hex'), Buffer.alloc(16, 1)]),
    );
    expect(answer.int64()).toBe(-1n);
    expect(answer.uuid()).toBe('AQEBAQEBAQEBAQEBAQEBAQ');
  });
});
