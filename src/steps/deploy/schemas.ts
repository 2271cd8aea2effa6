import type { Context } from '../../context.ts';
import { SchemaRegistry } from '../../kafka/registry/schema-registry.ts';
import { missingSchemas, registerSchemas, type WantedSchema } from '../../kafka/registry/wanted-schemas.ts';
import { notYet, type Step, satisfied } from '../step.ts';

/** The schemas of the input `schemas`. One that its subject would not take is refused before any is registered. */
export function schemasStep(wanted: readonly WantedSchema[], url: string): Step {
  const missing = ({ host }: Context) => missingSchemas(new SchemaRegistry(host, url), wanted);
  const subjects = (schemas: readonly WantedSchema[]) => schemas.map(({ subject }) => subject).join(', ');
  const lines = (schemas: readonly WantedSchema[]) =>
    schemas.map(({ subject, file, type }) => `register ${file} (${type}) as ${subject}`);
  let registered = 0;
  return {
    name: 'schemas',
    title: `Schemas (${wanted.length})`,
    needs: ['kafka-ready'],
    reads: ['kafka-ready'],
    async check(context) {
      const left = await missing(context);
      if (left.length > 0) return notYet(`${subjects(left)} to be registered`);
      const count = wanted.length === 1 ? '1 schema is' : `${wanted.length} schemas are`;
      return satisfied(`${count} registered${registered > 0 ? `, ${registered} of them now` : ''}`);
    },
    foresee: async context => lines(await missing(context)),
    async apply(context) {
      const left = await missing(context);
      for (const line of lines(left)) context.log.info(line);
      await registerSchemas(new SchemaRegistry(context.host, url), left);
      registered = left.length;
    },
  };
}
