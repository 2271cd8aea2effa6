import avsc, { type Type } from 'avsc';
import { ActionError } from '../../errors.ts';
import { type Codec, guideMessage } from '../round-trip/record.ts';
import type { SchemaRegistry } from './schema-registry.ts';

const FIELDS = [
  { name: 'key', type: 'long' },
  { name: 'message', type: 'string' },
];

/** The guide's message as an Avro schema. */
const MESSAGE_SCHEMA = schemaWith(FIELDS);
/** A reader with this schema can still read messages that were written with the first one. */
const COMPATIBLE_SCHEMA = schemaWith([...FIELDS, { name: 'note', type: 'string', default: '' }]);
/** A reader with this schema cannot: nothing says what `note` is in older messages. */
const INCOMPATIBLE_SCHEMA = schemaWith([...FIELDS, { name: 'note', type: 'string' }]);

/** What the schema registry showed that it can do. */
export interface RegistryProof {
  readonly url: string;
  readonly subject: string;
  readonly schemaId: number;
}

/** The wire format's first byte; the schema's id follows in four, the highest first. */
const MAGIC_BYTE = 0;
const PREFIX_BYTES = 5;

/**
 * Registers the schema of the guide's message under a subject of its own, reads it back and lets the registry judge two
 * changes of it.
 *
 * @returns the codec that writes and reads messages with that schema, and what was found
 * @throws ActionError `schema-registry-failed` when the registry does not do what it is there for
 */
export async function registerMessageSchema(
  registry: SchemaRegistry,
  { url, subject }: { url: string; subject: string },
): Promise<{ codec: Codec; proof: RegistryProof }> {
  const schemaId = await registry.register(subject, MESSAGE_SCHEMA);
  const schema = await registry.schemaById(schemaId);
  const type = parseSchema(schema, schemaId);
  if (type.fingerprint().compare(avsc.Type.forSchema(JSON.parse(MESSAGE_SCHEMA)).fingerprint()) !== 0)
    throw failed(`schema ${schemaId} came back as another schema than the one registered: ${schema}`);
  await registry.setCompatibility(subject, 'BACKWARD');
  if (!(await registry.isCompatible(subject, COMPATIBLE_SCHEMA)))
    throw failed('a new field with a default was judged incompatible');
  if (await registry.isCompatible(subject, INCOMPATIBLE_SCHEMA))
    throw failed('a new field without a default was judged compatible');
  return { codec: wireFormat(type, schemaId), proof: { url, subject, schemaId } };
}

/** Confluent's wire format: a zero byte, the schema's id in four bytes, the message in Avro's binary encoding. */
export function wireFormat(type: Type, schemaId: number): Codec {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt8(MAGIC_BYTE, 0);
  prefix.writeUInt32BE(schemaId, 1);
  return {
    encode: sequence => Buffer.concat([prefix, type.toBuffer(guideMessage(sequence))]),
    isIntact: (sequence, value) => {
      if (!value.subarray(0, PREFIX_BYTES).equals(prefix)) return false;
      try {
        const { key, message } = type.fromBuffer(value.subarray(PREFIX_BYTES));
        const expected = guideMessage(sequence);
        return key === expected.key && message === expected.message;
      } catch {
        return false; // Not this message, nor any other.
      }
    },
  };
}

function parseSchema(schema: string, schemaId: number): Type {
  try {
    return avsc.Type.forSchema(JSON.parse(schema));
  } catch (error) {
    throw failed(`schema ${schemaId} came back as something that is no Avro schema: ${error}`);
  }
}

function schemaWith(fields: readonly object[]): string {
  return JSON.stringify({ type: 'record', name: 'Message', namespace: 'kafka_al2023', fields });
}

const failed = (message: string) => new ActionError('schema-registry-failed', message);
