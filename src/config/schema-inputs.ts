import { extname } from 'node:path';
import type { SchemaType } from '../kafka/registry/schema-registry.ts';
import { type InputReader, shown } from './input-reader.ts';
import { parseLines } from './line-inputs.ts';

/** A schema that a deployment registers, as a line of the input `schemas` says it. */
export interface SchemaChoice {
  readonly subject: string;
  /** In the workspace. */
  readonly file: string;
  readonly type: SchemaType;
}

const TYPES: Readonly<Record<string, SchemaType>> = {
  '.avsc': 'AVRO',
  '.json': 'JSON',
  '.proto': 'PROTOBUF',
};
const MOST_SCHEMAS = 200;

/** The input `schemas`: `SUBJECT=FILE`, one a line; lines that begin with # are comments. */
export const parseSchemas = (input: InputReader, mode: string): SchemaChoice[] =>
  parseLines(input, 'schemas', mode, {
    ...{ what: 'schemas', done: 'registered', not: 'registers none', most: MOST_SCHEMAS },
    read: readSchema,
    nameOf: ({ subject }) => `subject ${subject}`,
  });

/** @throws Error that says what is wrong with the line */
function readSchema(line: string): SchemaChoice {
  const [, subject = '', file = ''] = /^([\x21-\x3c\x3e-\x7e]{1,255})\s*=\s*(\S.*)$/.exec(line) ?? [];
  if (subject === '')
    throw new Error('it is not of the form SUBJECT=FILE, e.g. orders-value=schemas/order.avsc');
  const type = TYPES[extname(file).toLowerCase()];
  if (type === undefined)
    throw new Error(
      `${shown(file)} ends neither in .avsc (Avro) nor in .json (JSON Schema) nor in .proto (Protobuf)`,
    );
  return { subject, file, type };
}
