import { extname } from 'node:path';
import type { SchemaType } from '../kafka/registry/schema-registry.ts';
import { type InputReader, shown } from './input-reader.ts';

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
export function parseSchemas(input: InputReader, mode: string): SchemaChoice[] {
  const lines = input.lines('schemas').filter(line => !line.startsWith('#'));
  if (lines.length > 0 && !['deploy', 'plan'].includes(mode) && !input.hasProblem('mode'))
    input.problem(['schemas', 'mode'], `they are registered by mode deploy, and mode ${mode} registers none`);
  if (lines.length > MOST_SCHEMAS)
    input.problem(
      ['schemas'],
      `it names ${lines.length} schemas, and at most ${MOST_SCHEMAS} are registered`,
    );
  const schemas: SchemaChoice[] = [];
  for (const line of lines.slice(0, MOST_SCHEMAS)) {
    try {
      const schema = readSchema(line);
      if (schemas.some(({ subject }) => subject === schema.subject))
        throw new Error(`subject ${schema.subject} is named twice`);
      schemas.push(schema);
    } catch (error) {
      input.problem(['schemas'], `line ${shown(line)}: ${(error as Error).message}`);
    }
  }
  return schemas;
}

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
