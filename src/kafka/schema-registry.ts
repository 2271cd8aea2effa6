import http from 'node:http';
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
  const body = await new Promise<string>((resolve, reject) => {
    const request = http.get(
      `${url}/subjects`,
      { createConnection: () => connection, timeout: TIMEOUT_MS },
      response => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.once('error', reject).once('end', () => {
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`${url}/subjects answered ${response.statusCode}: ${text.slice(0, 200)}`));
        });
      },
    );
    request.once('timeout', () =>
      request.destroy(new Error(`${url}/subjects did not answer in ${TIMEOUT_MS / 1000} s`)),
    );
    request.once('error', reject);
  }).finally(() => connection.destroy());
  const subjects: unknown = JSON.parse(body);
  if (!Array.isArray(subjects)) throw new Error(`${url}/subjects answered something else than a list`);
  return subjects.map(String);
}
