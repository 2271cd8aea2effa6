import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** What a schema registry was asked. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}
/** A status, a body, or both; `hang` is no answer. */
export type Reply = number | object | { readonly status: number; readonly text: string } | 'hang';

/** A schema registry that knows one subject and judges as it should. A reply of the test takes the place of its own. */
export async function registryServer(replies: Readonly<Record<string, Reply>> = {}, subject = 's-value') {
  const asked: Asked[] = [];
  const schemas: string[] = [];
  const own: Record<string, (schema: string) => Reply> = {
    [`POST /subjects/${subject}/versions`]: schema => ({ id: schemas.push(schema) + 257 }),
    'GET /schemas/ids/258': () => ({ schema: schemas[0] }),
    [`PUT /config/${subject}`]: () => ({ compatibility: 'BACKWARD' }),
    [`POST /compatibility/subjects/${subject}/versions/latest`]: schema => ({
      is_compatible: schema.includes('"default"'),
    }),
    [`DELETE /config/${subject}`]: () => ({ compatibilityLevel: 'BACKWARD' }),
    [`DELETE /subjects/${subject}`]: () => [1],
    [`DELETE /subjects/${subject}?permanent=true`]: () => [1],
  };
  const server = http.createServer(async (request, response) => {
    const { method = '', url: path = '' } = request;
    const sent = await text(request);
    const body: unknown = sent === '' ? undefined : JSON.parse(sent);
    asked.push({ method, path, body });
    const call = `${method} ${path}`;
    const { schema = '' } = (body ?? {}) as { schema?: string };
    const reply = replies[call] ?? own[call]?.(schema) ?? 404;
    if (reply === 'hang') return;
    if (typeof reply === 'number') response.writeHead(reply).end(`{"error_code":${reply}01}`);
    else if ('status' in reply && 'text' in reply) response.writeHead(Number(reply.status)).end(reply.text);
    else response.writeHead(200).end(JSON.stringify(reply));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as net.AddressInfo;
  return {
    url: `http://localhost:${port}`,
    asked,
    calls: () => asked.map(({ method, path }) => `${method} ${path}`),
  };
}
