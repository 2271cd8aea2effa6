import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompressLz4Frame } from '../../../../src/kafka/codecs/lz4.ts';

const MAGIC = [0x04, 0x22, 0x4d, 0x18];
const uint32 = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
const CHECKSUM = [9, 9, 9, 9];
/** "abcdabcdabcdX": four literals, nine bytes from four back minus the last, one literal. */
const BLOCK = [0x44, ...Buffer.from('abcd'), 4, 0, 0x10, ...Buffer.from('X')];
const frame = (flags: number, ...blocks: number[][]) =>
  Buffer.from([
    ...MAGIC,
    0x40 | flags,
    0x40,
    ...(flags & 8 ? uint32(13).concat(uint32(0)) : []),
    0,
    ...blocks.flat(),
  ]);
const packed = [...uint32(BLOCK.length), ...BLOCK];
const END = uint32(0);

describe('an LZ4 frame', () => {
  it.each([
    ['a packed block', frame(0, packed, END), 'abcdabcdabcdX'],
    ['a stored block', frame(0, uint32(0x8000_0003), [...Buffer.from('xyz')], END), 'xyz'],
    ['the size of its content', frame(8, packed, END), 'abcdabcdabcdX'],
    ['a checksum of its content', frame(4, packed, END, CHECKSUM), 'abcdabcdabcdX'],
    [
      'a checksum of each block',
      frame(0x10, packed, CHECKSUM, packed, CHECKSUM, END),
      'abcdabcdabcdX'.repeat(2),
    ],
    [
      'a block that goes on with the one before',
      frame(0, packed, uint32(5), [0, 13, 0, 0x10, 89], END),
      'abcdabcdabcdXabcdY',
    ],
    ['nothing in it', frame(0, END), ''],
  ])('with %s is read', (_, bytes, text) => {
    expect(decompressLz4Frame(bytes).toString()).toBe(text);
  });

  it.each([
    ['another format', Buffer.from('not a frame'), 'no LZ4 frame'],
    ['no bytes', Buffer.alloc(0), 'no LZ4 frame'],
    ['another version', frame(0x80, END), 'version 3'],
    [
      'a block that reaches behind the beginning',
      frame(0, uint32(5), [0x10, 65, 2, 0, 0], END),
      'refers to nothing',
    ],
    ['a repetition of nothing', frame(0, uint32(5), [0x10, 65, 0, 0, 0], END), 'refers to nothing'],
    ['more literals than there are', frame(0, uint32(3), [0x40, 65, 66], END), 'wrong length'],
    ['an end within a block', frame(0, packed).subarray(0, 14), 'ends within a block'],
  ])('with %s is refused', (_, bytes, reason) => {
    expect(() => decompressLz4Frame(bytes)).toThrow(reason);
  });

  it('of a block that grows beyond the size that the frame declares is refused', () => {
    const growing = [0x1f, 65, 1, 0, ...Array.from({ length: 300 }, () => 255), 0, 0x10, 66];
    expect(() => decompressLz4Frame(frame(0, uint32(growing.length), growing, END))).toThrow(
      'refers to nothing',
    );
  });

  it('cut off or changed anywhere is read or refused, in bounded memory', () => {
    const whole = frame(0, packed, packed, END);
    const position = fc.nat(whole.length - 1);
    fc.assert(
      fc.property(position, fc.nat(255), position, (at, value, end) => {
        const bytes = Buffer.from(whole);
        bytes[at] = value;
        try {
          return decompressLz4Frame(bytes.subarray(0, end)).length <= 1 << 22;
        } catch (error) {
          return error instanceof Error;
        }
      }),
    );
  });
});
