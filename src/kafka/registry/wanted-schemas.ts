import { ActionError, reasonOf } from '../../errors.ts';
import { RegistryRefusal, type SchemaRegistry, type SchemaType } from './schema-registry.ts';

/** A schema that is to be registered. */
export interface WantedSchema {
  readonly subject: string;
  readonly type: SchemaType;
  /** Its text, as it is in the file. */
  readonly text: string;
  /** Where the text is from, for messages. */
  readonly file: string;
}

/**
 * @returns the schemas that their subjects do not have
 * @throws ActionError `schema-refused` when one of these could not follow what its subject has; `schema-registry-failed`
 */
export async function missingSchemas(
  registry: SchemaRegistry,
  wanted: readonly WantedSchema[],
): Promise<WantedSchema[]> {
  const missing: WantedSchema[] = [];
  for (const schema of wanted) {
    const { subject, text, type } = schema;
    if ((await asked(schema, () => registry.find(subject, text, type))) !== undefined) continue;
    const problems = await asked(schema, () => registry.problemsOf(subject, text, type));
    if (problems.length > 0)
      throw refused(schema, 'it is not compatible with what the subject has', problems);
    missing.push(schema);
  }
  return missing;
}

/** Registers schemas. @throws ActionError `schema-refused` or `schema-registry-failed` */
export async function registerSchemas(
  registry: SchemaRegistry,
  schemas: readonly WantedSchema[],
): Promise<void> {
  for (const schema of schemas) {
    const { subject, text, type } = schema;
    await asked(schema, () => registry.register(subject, text, type));
  }
}

/** 409 is an incompatible schema, 422 one that makes no sense (Schema Registry API, errors). */
const REFUSALS = [409, 422];

async function asked<T>(schema: WantedSchema, question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    if (cause instanceof ActionError) throw cause;
    const reason = reasonOf(cause);
    if (cause instanceof RegistryRefusal && REFUSALS.includes(cause.status))
      throw refused(schema, reason, [], cause);
    throw new ActionError('schema-registry-failed', `schema ${schema.file}: ${reason}`, { cause });
  }
}

function refused({ file, subject }: WantedSchema, why: string, details: readonly string[], cause?: unknown) {
  return new ActionError('schema-refused', `schema ${file} for subject ${subject}: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    details,
  });
}
