import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeRecord,
  guideCodec,
  guideMessage,
  isWhole,
  type RawRecord,
  sequenceOf,
} from '../../../../src/kafka/round-trip/record.ts';

const RUN = 'ab12/runner';
/** A record as a consumer gets it: every header is a buffer. */
function received(sequence: number, more: Partial<RawRecord> = {}): RawRecord {
  const { value, headers } = encodeRecord({ runId: RUN, sequence }, guideCodec);
  const buffers = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]);
  return { value, headers: Object.fromEntries(buffers), ...more };
}
const withHeader = (name: string, value: string | Buffer | (string | Buffer)[] | undefined) => {
  const { value: body, headers } = received(4);
  return { value: body, headers: { ...headers, [name]: value } };
};
/** The checksum's last digit is another one. */
function withOtherDigit(): RawRecord {
  const digits = `${received(4).headers?.checksum}`;
  return withHeader('checksum', Buffer.from(digits.slice(0, -1) + (digits.endsWith('0') ? '1' : '0')));
}
const whole = (record: RawRecord, sequence = 4) => isWhole({ runId: RUN, sequence }, record, guideCodec);

describe('a message', () => {
  it("is the guide's, with its identity in the headers", () => {
    expect(encodeRecord({ runId: RUN, sequence: 3 }, guideCodec)).toEqual({
      value: Buffer.from('{"key":3,"message":"Hello Kafka 3"}'),
      headers: { 'run-id': RUN, sequence: '3', checksum: expect.stringMatching(/^[0-9a-f]{8}$/) },
    });
  });

  it.each([0, 10, 999_999, 2 ** 31, Number.MAX_SAFE_INTEGER])(
    'number %i is JSON as JSON.stringify writes it',
    sequence => {
      expect(`${guideCodec.encode(sequence)}`).toBe(JSON.stringify(guideMessage(sequence)));
    },
  );

  it('always has a checksum of eight digits, which covers its identity', () => {
    const checksums = Array.from({ length: 2_000 }, (_, sequence) => {
      return encodeRecord({ runId: RUN, sequence }, { ...guideCodec, encode: () => Buffer.from('same') })
        .headers;
    }).map(({ checksum }) => checksum);
    for (const checksum of checksums) expect(checksum).toMatch(/^[0-9a-f]{8}$/);
    expect(new Set(checksums).size).toBe(2_000);
    // CRC-32 of 'r/0/' and nothing, as any other program computes it.
    const empty = { ...guideCodec, encode: () => Buffer.alloc(0) };
    expect(encodeRecord({ runId: 'r', sequence: 0 }, empty).headers.checksum).toBe('a7f4bd7c');
  });

  it.each([0, 7, 999_999])('number %i is known again', sequence => {
    expect(sequenceOf(received(sequence), RUN)).toBe(sequence);
    expect(whole(received(sequence), sequence)).toBe(true);
  });
});

describe('a record', () => {
  it.each<[string, RawRecord]>([
    ['in another run', withHeader('run-id', 'cd34/runner')],
    ['in a run whose last letter is another', withHeader('run-id', Buffer.from('ab12/runnes'))],
    ['in a run whose name goes on', withHeader('run-id', Buffer.from(`${RUN}s`))],
    ['in a run whose name ends sooner', withHeader('run-id', Buffer.from(RUN.slice(0, -1)))],
    ['in another part of this run', withHeader('run-id', `${RUN}/handover`)],
    ['without headers', { value: Buffer.from('x') }],
    ['with no header at all', { value: Buffer.from('x'), headers: {} }],
    ['without a run', withHeader('run-id', undefined)],
    ['without a number', withHeader('sequence', undefined)],
    ['with an empty number', withHeader('sequence', '')],
    ['with a negative number', withHeader('sequence', '-1')],
    ['with half a number', withHeader('sequence', '1.5')],
    ['with a word for a number', withHeader('sequence', 'seven')],
    ['with an endless number', withHeader('sequence', 'Infinity')],
    ['with a number beyond all others', withHeader('sequence', '9007199254740992')],
    ['with two numbers', withHeader('sequence', ['1', '2'])],
  ])('is not ours %s', (_, record) => {
    expect(sequenceOf(record, RUN)).toBeUndefined();
  });

  it.each<[string, RawRecord]>([
    ['another value', received(4, { value: Buffer.from('{"key":4,"message":"Hello Kafka X"}') })],
    ['a longer value', received(4, { value: Buffer.from('{"key":4,"message":"Hello Kafka 4"} ') })],
    ['an empty value', received(4, { value: Buffer.alloc(0) })],
    ['no value', received(4, { value: null })],
    ['no headers', received(4, { headers: undefined })],
    ['no checksum', withHeader('checksum', undefined)],
    ['another checksum', withHeader('checksum', '00000000')],
    ['another last digit of its checksum', withOtherDigit()],
    ['two checksums', withHeader('checksum', ['00000000', '00000000'])],
    ['the value of another number', received(4, { value: received(5).value })],
  ])('is not whole with %s', (_, record) => {
    expect(whole(received(4))).toBe(true);
    expect(whole(record)).toBe(false);
  });

  it('is not whole under another number, or in another run', () => {
    expect(whole(received(4), 5)).toBe(false);
    expect(isWhole({ runId: 'cd34/runner', sequence: 4 }, received(4), guideCodec)).toBe(false);
  });

  it('is not whole when its value does not say what it should', () => {
    const deaf = { ...guideCodec, isIntact: () => false };
    expect(isWhole({ runId: RUN, sequence: 4 }, received(4), deaf)).toBe(false);
  });

  it('is not whole when any bit of it is turned over', () => {
    const bits = (received(4).value?.length ?? 0) * 8;
    fc.assert(
      fc.property(fc.nat({ max: bits - 1 }), bit => {
        const value = Buffer.from(received(4).value ?? '');
        value.writeUInt8(value.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(whole(received(4, { value }))).toBe(false);
      }),
    );
  });

  const anyBytes = fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes));
  const anyText = fc.oneof(fc.string(), fc.constantFrom(RUN, '0', '-0', '1e3', '0x10', ' 4 ', '٤'), anyBytes);
  const anyHeader = fc.oneof(anyText, fc.array(anyText, { maxLength: 3 }), fc.constant(undefined));
  const anyName = fc.oneof(fc.constantFrom('run-id', 'sequence', 'checksum', '__proto__'), fc.string());
  const anyRecord: fc.Arbitrary<RawRecord> = fc.record({
    value: fc.oneof(fc.constant(null), anyBytes),
    headers: fc.oneof(fc.constant(undefined), fc.dictionary(anyName, anyHeader, { maxKeys: 5 })),
  });

  it('may hold any bytes: it is judged without an error, and a stranger is never whole', () => {
    fc.assert(
      fc.property(anyRecord, fc.nat(), (record, sequence) => {
        const number = sequenceOf(record, RUN);
        expect(number === undefined || (Number.isSafeInteger(number) && number >= 0)).toBe(true);
        expect(isWhole({ runId: RUN, sequence }, record, guideCodec)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });
});
