import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { listSubjects } from '../../../src/kafka/schema-registry.ts';
import { thisComputer } from '../support/local-host.ts';

afterEach(() => vi.restoreAllMocks());

async function urlOf(server: net.Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://localhost:${(server.address() as net.AddressInfo).port}`;
}

const registry = (status: number, body: string) =>
  urlOf(
    http.createServer((request, response) => {
      const isSubjects = request.method === 'GET' && request.url === '/subjects';
      response.writeHead(isSubjects ? status : 404).end(body);
    }),
  );

describe('the schema registry', () => {
  it.each<[string, string[]]>([
    ['[]', []],
    ['["orders-value","grün-value"]', ['orders-value', 'grün-value']],
  ])('answers %s with its subjects', async (body, subjects) => {
    expect(await listSubjects(thisComputer(), await registry(200, body))).toEqual(subjects);
  });

  it.each<[number, string, RegExp]>([
    [500, '{"error_code":50002,"message":"not yet"}', /\/subjects answered 500: \{"error_code":50002/],
    [404, '', /answered 404/],
    [200, '{}', /something else than a list/],
    [200, '<html>', /JSON/],
  ])('that answers %i with %j is not ready', async (status, body, words) => {
    await expect(listSubjects(thisComputer(), await registry(status, body))).rejects.toThrow(words);
  });

  it('that does not listen is not ready', async () => {
    await expect(listSubjects(thisComputer(), 'http://localhost:1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('that hangs up is not ready', async () => {
    const url = await urlOf(net.createServer(socket => socket.destroy()));
    await expect(listSubjects(thisComputer(), url)).rejects.toThrow();
  });

  it('that takes the connection and never answers is not ready after five seconds', async () => {
    const url = await urlOf(net.createServer(socket => socket.on('error', () => {})));
    const limits: number[] = [];
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(ms => {
      limits.push(ms);
      return timeout(10);
    });
    await expect(listSubjects(thisComputer(), url)).rejects.toThrow(/did not answer in 5 s/);
    expect(limits).toEqual([5_000]);
  });
});
