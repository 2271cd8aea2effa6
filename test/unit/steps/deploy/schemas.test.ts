import { describe, expect, it } from 'vitest';
import type { WantedSchema } from '../../../../src/kafka/registry/wanted-schemas.ts';
import { schemasStep } from '../../../../src/steps/deploy/schemas.ts';
import { type Reply, registryServer } from '../../support/registry-server.ts';
import { smokeTest } from '../../support/smoke-tests.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const ORDER: WantedSchema = {
  ...{ subject: 'orders-value', type: 'AVRO', file: 'order.avsc' },
  text: '{"type": "string"}',
};
const EVENT: WantedSchema = { ...ORDER, subject: 'events/1', type: 'JSON', file: 'event.json', text: '{}' };
const lookup = (subject: string) => `POST /subjects/${subject}`;
const judge = (subject: string) => `POST /compatibility/subjects/${subject}/versions?verbose=true`;

async function schemas(wanted: readonly WantedSchema[], replies: Readonly<Record<string, Reply>>) {
  const server = await registryServer(replies, 'orders-value');
  return { ...smokeTest(() => schemasStep(wanted, server.url)), server };
}

describe("the user's schemas", () => {
  it('are registered where their subjects do not have them, with their types', async () => {
    const { check, apply, foresee, server, log } = await schemas([ORDER, EVENT], {
      [lookup('events%2F1')]: { id: 7 },
      [judge('orders-value')]: { is_compatible: true },
    });
    expect(await check()).toEqual({ satisfied: false, detail: 'orders-value to be registered' });
    expect(await foresee()).toEqual(['register order.avsc (AVRO) as orders-value']);
    expect(server.calls()).not.toContain('POST /subjects/orders-value/versions');
    await apply();
    expect(log.text).toContain('info register order.avsc (AVRO) as orders-value');
    const registered = server.asked.filter(({ path }) => path === '/subjects/orders-value/versions');
    expect(registered).toEqual([
      { method: 'POST', path: '/subjects/orders-value/versions', body: { schema: ORDER.text } },
    ]);
    expect(server.asked.find(({ path }) => path === '/subjects/events%2F1')?.body).toEqual({
      ...{ schema: '{}', schemaType: 'JSON' },
    });
  });

  it('are there already', async () => {
    const { check, server } = await schemas([ORDER], { [lookup('orders-value')]: { id: 7 } });
    expect(await check()).toEqual({ satisfied: true, detail: '1 schema is registered' });
    expect(server.calls()).toEqual([lookup('orders-value')]);
  });

  it('are refused before any is registered when one cannot follow', async () => {
    const { check, server } = await schemas([EVENT, ORDER], {
      [judge('orders-value')]: { is_compatible: false, messages: ['READER_FIELD_MISSING_DEFAULT_VALUE'] },
    });
    const error = await actionErrorOf(check);
    expect(error).toMatchObject({
      code: 'schema-refused',
      message: 'schema order.avsc for subject orders-value: it is not compatible with what the subject has',
      details: ['READER_FIELD_MISSING_DEFAULT_VALUE'],
    });
    expect(server.calls().filter(call => call.endsWith('/versions'))).toEqual([]);
  });

  it.each<[string, Reply, string]>([
    ['that make no sense', { status: 422, text: 'Invalid schema' }, 'schema-refused'],
    ['that a registry in trouble cannot judge', 500, 'schema-registry-failed'],
  ])('%s are told by their file', async (_, reply, code) => {
    const { check } = await schemas([ORDER], { [lookup('orders-value')]: reply });
    const error = await actionErrorOf(check);
    expect(error.code).toBe(code);
    expect(error.message).toContain('schema order.avsc');
  });
});
