import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RegistryRefusal, SchemaRegistry } from '../../../../src/kafka/registry/schema-registry.ts';
import { thisComputer } from '../../support/local-host.ts';
import { type Reply, registryServer } from '../../support/registry-server.ts';

afterEach(() => vi.restoreAllMocks());

async function registry(replies: Readonly<Record<string, Reply>> = {}) {
  const server = await registryServer(replies);
  return { ...server, client: new SchemaRegistry(thisComputer(), server.url) };
}

/** A registry behind a bare TCP server. */
async function clientOf(server: net.Server): Promise<SchemaRegistry> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return new SchemaRegistry(thisComputer(), `http://localhost:${(server.address() as net.AddressInfo).port}`);
}

describe('the subjects of a schema registry', () => {
  it.each<[string[]]>([[[]], [['orders-value', 'grün-value']]])('%j are told', async subjects => {
    const { client } = await registry({ 'GET /subjects': subjects });
    expect(await client.subjects()).toEqual(subjects);
  });

  it.each<[Reply, RegExp]>([
    [500, /\/subjects answered 500: \{"error_code":50001\}$/],
    [404, /answered 404/],
    [{ status: 204, text: '' }, /answered 204/],
    [{}, /something else than a list/],
    [{ status: 200, text: '<html>' }, /JSON/],
    [{ status: 502, text: 'x'.repeat(5_000) }, /answered 502: x{200}$/],
  ])('are an error when the answer is %j', async (reply, words) => {
    const { client } = await registry({ 'GET /subjects': reply });
    await expect(client.subjects()).rejects.toThrow(words);
  });
});

describe('a schema registry', () => {
  it('is asked with the path, the body and the type that it wants', async () => {
    const { client, asked } = await registry();
    expect(await client.register('s-value', '"string"')).toBe(258);
    expect(await client.schemaById(258)).toBe('"string"');
    await client.setCompatibility('s-value', 'FULL');
    expect(await client.isCompatible('s-value', '"long"')).toBe(false);
    expect(await client.isCompatible('s-value', '{"default":0}')).toBe(true);
    expect(asked).toEqual([
      { method: 'POST', path: '/subjects/s-value/versions', body: { schema: '"string"' } },
      { method: 'GET', path: '/schemas/ids/258', body: undefined },
      { method: 'PUT', path: '/config/s-value', body: { compatibility: 'FULL' } },
      { method: 'POST', path: '/compatibility/subjects/s-value/versions/latest', body: { schema: '"long"' } },
      {
        ...{ method: 'POST', path: '/compatibility/subjects/s-value/versions/latest' },
        body: { schema: '{"default":0}' },
      },
    ]);
  });

  it('is asked for a subject with any name', async () => {
    const { client, calls } = await registry();
    await expect(client.register('a/b c?', '{}')).rejects.toThrow(RegistryRefusal);
    expect(calls()).toEqual(['POST /subjects/a%2Fb%20c%3F/versions']);
  });

  it.each<[string, Reply, (client: SchemaRegistry) => Promise<unknown>, RegExp]>([
    ['POST /subjects/s-value/versions', {}, client => client.register('s-value', '{}'), /holds no id$/],
    [
      'POST /subjects/s-value/versions',
      { id: '7' },
      client => client.register('s-value', '{}'),
      /holds no id$/,
    ],
    [
      'POST /subjects/s-value/versions',
      { id: 1.5 },
      client => client.register('s-value', '{}'),
      /holds no id$/,
    ],
    ['POST /subjects/s-value/versions', [], client => client.register('s-value', '{}'), /holds no id$/],
    ['GET /schemas/ids/7', {}, client => client.schemaById(7), /for schema 7 holds no schema$/],
    ['GET /schemas/ids/7', { schema: {} }, client => client.schemaById(7), /for schema 7 holds no schema$/],
    ['GET /schemas/ids/7', 500, client => client.schemaById(7), /\/schemas\/ids\/7 answered 500/],
    ['PUT /config/s-value', 422, client => client.setCompatibility('s-value', 'X'), /answered 422/],
  ])('is refused when it answers %s with %j', async (call, reply, ask, words) => {
    const { client } = await registry({ [call]: reply });
    await expect(ask(client)).rejects.toThrow(words);
  });

  it.each<[Reply]>([[{}], [{ is_compatible: 'true' }], [[]]])(
    'judges nothing compatible when it answers %j',
    async reply => {
      const { client } = await registry({ 'POST /compatibility/subjects/s-value/versions/latest': reply });
      expect(await client.isCompatible('s-value', '{}')).toBe(false);
    },
  );

  it('is an error when it does not listen', async () => {
    const client = new SchemaRegistry(thisComputer(), 'http://localhost:1');
    await expect(client.subjects()).rejects.toThrow(/ECONNREFUSED/);
  });

  it('is an error when it hangs up', async () => {
    const client = await clientOf(net.createServer(socket => socket.destroy()));
    await expect(client.subjects()).rejects.toThrow();
  });

  it.each<[string, (socket: net.Socket) => void]>([
    ['takes the connection and never answers', () => {}],
    [
      'stops in the middle of its answer',
      socket => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n['),
    ],
  ])('is an error after five seconds when it %s', async (_, act) => {
    const client = await clientOf(
      net.createServer(socket => {
        socket.on('error', () => {});
        act(socket);
      }),
    );
    const limits: number[] = [];
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(ms => {
      limits.push(ms);
      return timeout(50);
    });
    await expect(client.subjects()).rejects.toThrow(/\/subjects did not answer in 10 s$/);
    expect(limits).toEqual([10_000]);
  });
});

describe('a subject', () => {
  const IN_ORDER = [
    'DELETE /config/s-value',
    'DELETE /subjects/s-value',
    'DELETE /subjects/s-value?permanent=true',
  ];

  it('is deleted with its settings: hidden, and then for good', async () => {
    const { client, calls } = await registry();
    await client.deleteSubject('s-value');
    expect(calls()).toEqual(IN_ORDER);
  });

  it.each(IN_ORDER)('may be half deleted already: 404 to %s', async call => {
    const { client, calls } = await registry({ [call]: 404 });
    await client.deleteSubject('s-value');
    expect(calls()).toEqual(IN_ORDER);
  });

  it.each(IN_ORDER)('is an error when it cannot be deleted: 500 to %s', async call => {
    const { client } = await registry({ [call]: 500 });
    await expect(client.deleteSubject('s-value')).rejects.toThrow(/answered 500/);
  });
});
