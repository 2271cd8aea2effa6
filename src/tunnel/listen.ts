import { once } from 'node:events';
import net from 'node:net';

/** What `localhost` may mean to a client. */
export const LOOPBACKS = ['127.0.0.1', '::1'] as const;

/**
 * Listens on an address of this computer.
 * @returns undefined where there is no such address, as ::1 without IPv6
 * @throws the system's error, e.g. with code EADDRINUSE
 */
export async function listenOn(address: string, port: number): Promise<net.Server | undefined> {
  // A client that has nothing more to send may still be answered.
  const server = net.createServer({ allowHalfOpen: true });
  try {
    server.listen({ host: address, port });
    await once(server, 'listening');
    return server;
  } catch (error) {
    const isMissing = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error));
    if (isMissing) return undefined;
    throw error;
  }
}

export const isTaken = (error: unknown): boolean => codeOf(error) === 'EADDRINUSE';

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';
