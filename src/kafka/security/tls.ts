import { once } from 'node:events';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { unlessAborted } from '../../waiting.ts';
import type { TlsSettings } from './client-security.ts';

/**
 * Speaks TLS over a connection that is open. Who answers is held against `name`, which is what the client asked for, wherever
 * the bytes go through.
 *
 * A certificate that is trusted is so by itself, as in a Java trust store: it need not be an authority's, nor signed by itself.
 * @throws Error of node's `tls`, with its `code`, when there is no trust; the connection is closed then
 */
export async function tlsOver(
  connection: Duplex,
  name: string,
  { trusted, identity, checksName }: TlsSettings,
  signal: AbortSignal = new AbortController().signal,
): Promise<tls.TLSSocket> {
  const address = name.replace(/^\[(.*)\]$/, '$1');
  const socket = tls.connect({
    ...{ socket: connection, host: address, rejectUnauthorized: true, allowPartialTrustChain: true },
    ...(isIP(address) ? {} : { servername: address }),
    ...(trusted ? { ca: [...trusted] } : {}),
    ...(identity ? { cert: identity.chain, key: identity.privateKey } : {}),
    ...(checksName ? {} : { checkServerIdentity: () => undefined }),
  });
  try {
    await unlessAborted(signal, once(socket, 'secureConnect'));
    return socket;
  } catch (error) {
    socket.on('error', () => {}).destroy();
    connection.destroy();
    throw error;
  }
}
