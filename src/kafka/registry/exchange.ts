import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { RegistrySecurity } from '../security/client-security.ts';
import { tlsOver } from '../security/tls.ts';

interface Exchange {
  readonly method: string;
  readonly connection: Duplex;
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly tls: NonNullable<RegistrySecurity['tls']>;
}

/** Makes one HTTP request over an open connection, which is closed then; fetch() cannot do that. */
export async function exchange(
  url: URL,
  { method, connection, signal, headers, body, tls }: Exchange,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const isSecure = url.protocol === 'https:';
  try {
    const open = isSecure ? await tlsOver(connection, url.hostname, tls, signal) : connection;
    const request = (isSecure ? https : http).request(url, {
      ...{ method, headers, signal },
      createConnection: () => open,
    });
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    return { status: response.statusCode, body: await text(response) };
  } finally {
    connection.destroy();
  }
}
