import { once } from 'node:events';
import http from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Host } from '../host/host.ts';

const TIMEOUT_MS = 5_000;

/**
 * Asks the schema registry for its subjects (Schema Registry API, GET /subjects).
 * @param url its address as seen from the machine
 * @returns the names of the subjects
 * @throws Error when it does not answer with a list
 */
export async function listSubjects(host: Host, url: string): Promise<string[]> {
  const { hostname, port } = new URL(url);
  const connection = await host.dial(hostname === 'localhost' ? '127.0.0.1' : hostname, Number(port));
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const { status, body } = await get(`${url}/subjects`, connection, signal).catch(cause => {
    throw signal.aborted
      ? new Error(`${url}/subjects did not answer in ${TIMEOUT_MS / 1000} s`, { cause })
      : cause;
  });
  if (status !== 200) throw new Error(`${url}/subjects answered ${status}: ${body.slice(0, 200)}`);
  const subjects: unknown = JSON.parse(body);
  if (!Array.isArray(subjects)) throw new Error(`${url}/subjects answered something else than a list`);
  return subjects.map(String);
}

/** One HTTP request over a connection that is already there; fetch() cannot do that. */
async function get(
  url: string,
  connection: Duplex,
  signal: AbortSignal,
): Promise<{ status: number | undefined; body: string }> {
  try {
    const request = http.get(url, { createConnection: () => connection, signal });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    return { status: response.statusCode, body: await text(response) };
  } finally {
    connection.destroy();
  }
}
