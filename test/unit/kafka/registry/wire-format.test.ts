import { Type } from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SchemaRegistry } from '../../../../src/kafka/registry/schema-registry.ts';
import { registerMessageSchema, wireFormat } from '../../../../src/kafka/registry/wire-format.ts';
import { encodeRecord, isWhole, sequenceOf } from '../../../../src/kafka/round-trip/record.ts';
import { thisComputer } from '../../support/local-host.ts';
import { type Reply, registryServer } from '../../support/registry-server.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const fields = [
  { name: 'key', type: 'long' },
  { name: 'message', type: 'string' },
];
const type = Type.forSchema({ type: 'record', name: 'Message', namespace: 'kafka_al2023', fields } as never);
const codec = wireFormat(type, 258);

async function registration(replies: Readonly<Record<string, Reply>> = {}) {
  const server = await registryServer(replies);
  const registry = new SchemaRegistry(thisComputer(), server.url);
  const register = () => registerMessageSchema(registry, { url: server.url, subject: 's-value' });
  return { ...server, register };
}

describe("a message in the schema registry's format", () => {
  it.each<[number, number, string]>([
    // 0x00, the id in four bytes, the key as a zigzag varint, the length of the text, the text.
    [258, 0, '00 00000102 00 1a 48656c6c6f204b61666b612030'],
    [258, 1, '00 00000102 02 1a 48656c6c6f204b61666b612031'],
    [1, 63, '00 00000001 7e 1c 48656c6c6f204b61666b61203633'],
    [4_294_967_295, 64, '00 ffffffff 8001 1c 48656c6c6f204b61666b61203634'],
  ])('of schema %i and number %i is, byte for byte, %s', (schemaId, sequence, bytes) => {
    const value = wireFormat(type, schemaId).encode(sequence);
    expect(value.toString('hex')).toBe(bytes.replaceAll(' ', ''));
    expect(wireFormat(type, schemaId).isIntact(sequence, value)).toBe(true);
  });

  it('says what it should under its own number and schema only', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), fc.nat({ max: 1_000_000 }), (sequence, other) => {
        const value = codec.encode(sequence);
        expect(codec.isIntact(sequence, value)).toBe(true);
        expect(codec.isIntact(other, value)).toBe(other === sequence);
        expect(wireFormat(type, 259).isIntact(sequence, value)).toBe(false);
      }),
    );
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['half of the prefix', Buffer.from([0, 0, 0])],
    ['another first byte', Buffer.concat([Buffer.from([1]), codec.encode(7).subarray(1)])],
    ['the message as the guide has it', Buffer.from('{"key":7,"message":"Hello Kafka 7"}')],
  ])('is not %s', (_, value) => {
    expect(codec.isIntact(7, value)).toBe(false);
  });

  it.each([
    { key: 7, message: 'Hello Kafka 8' },
    { key: 8, message: 'Hello Kafka 7' },
  ])('is not %j under number 7', message => {
    const value = Buffer.concat([codec.encode(7).subarray(0, 5), type.toBuffer(message)]);
    expect(codec.isIntact(7, value)).toBe(false);
  });

  it('is judged without an error whatever follows the prefix', () => {
    const prefix = codec.encode(0).subarray(0, 5);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), bytes => {
        const value = Buffer.concat([prefix, bytes]);
        expect(codec.isIntact(7, value)).toBe(value.equals(codec.encode(7)));
      }),
    );
  });

  it('goes through headers and checksum as any other', () => {
    const identity = { runId: 'ab12/probe', sequence: 7 };
    const { value, headers } = encodeRecord(identity, codec);
    expect(sequenceOf({ value, headers }, 'ab12/probe')).toBe(7);
    expect(isWhole(identity, { value, headers }, codec)).toBe(true);
    expect(isWhole(identity, { value: Buffer.concat([value, Buffer.from([0])]), headers }, codec)).toBe(
      false,
    );
  });
});

describe('registering the schema of the messages', () => {
  it('proves that the registry registers, reads back and judges, in this order', async () => {
    const { register, url, asked, calls } = await registration();
    const { codec: registered, proof } = await register();
    expect(proof).toEqual({ url, subject: 's-value', schemaId: 258 });
    expect(registered.encode(7)).toEqual(codec.encode(7));
    expect(asked[2]?.body).toEqual({ compatibility: 'BACKWARD' });
    expect(calls()).toEqual([
      'POST /subjects/s-value/versions',
      'GET /schemas/ids/258',
      'PUT /config/s-value',
      'POST /compatibility/subjects/s-value/versions/latest',
      'POST /compatibility/subjects/s-value/versions/latest',
    ]);
    const schemas = asked.map(({ body }) =>
      JSON.parse((body as { schema?: string } | undefined)?.schema ?? '{}'),
    );
    expect(schemas.map(({ fields: own }) => own?.at(-1))).toEqual([
      { name: 'message', type: 'string' },
      undefined,
      undefined,
      { name: 'note', type: 'string', default: '' },
      { name: 'note', type: 'string' },
    ]);
  });

  it('takes the schema back in another spelling', async () => {
    const schema = JSON.stringify({
      namespace: 'kafka_al2023',
      doc: 'x',
      name: 'Message',
      type: 'record',
      fields,
    });
    const { register } = await registration({ 'GET /schemas/ids/258': { schema } });
    expect((await register()).proof.schemaId).toBe(258);
  });

  const JUDGES = 'POST /compatibility/subjects/s-value/versions/latest';
  it.each<[string, Readonly<Record<string, Reply>>, RegExp]>([
    [
      'gives another schema back',
      { 'GET /schemas/ids/258': { schema: '"string"' } },
      /^schema 258 came back as another schema than the one registered: "string"$/,
    ],
    [
      'gives something back that is no schema',
      { 'GET /schemas/ids/258': { schema: '{"type":"nonsense"}' } },
      /^schema 258 came back as something that is no Avro schema: /,
    ],
    [
      'gives something back that is not even JSON',
      { 'GET /schemas/ids/258': { schema: '{' } },
      /^schema 258 came back as something that is no Avro schema: /,
    ],
    [
      'judges every change compatible',
      { [JUDGES]: { is_compatible: true } },
      /^a new field without a default was judged compatible$/,
    ],
    [
      'judges no change compatible',
      { [JUDGES]: { is_compatible: false } },
      /^a new field with a default was judged incompatible$/,
    ],
  ])('fails with its own code when the registry %s', async (_, replies, words) => {
    const { register } = await registration(replies);
    const error = await actionErrorOf(register);
    expect(error.code).toBe('schema-registry-failed');
    expect(error.message).toMatch(words);
  });

  it.each(['POST /subjects/s-value/versions', 'GET /schemas/ids/258', 'PUT /config/s-value', JUDGES])(
    'passes on what the registry refuses: %s',
    async call => {
      const { register } = await registration({ [call]: 500 });
      await expect(register()).rejects.toThrow(/answered 500/);
    },
  );
});
