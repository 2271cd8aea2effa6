import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import type { ShownKeys } from '../../../src/host/ssh/first-keys.ts';
import type { SshTarget } from '../../../src/host/ssh/target.ts';
import type { Forward } from '../../../src/tunnel/forwards.ts';
import type { TunnelAnswer, TunnelEnd } from '../../../src/tunnel/order.ts';
import { identify, type ProcessIdentity } from '../../../src/tunnel/process-identity.ts';
import { runTunnel } from '../../../src/tunnel/run-tunnel.ts';
import { TunnelLog } from '../../../src/tunnel/tunnel-log.ts';

/** In these tests the machine is this computer too: its ports are those of another loopback address. */
const MACHINE = '127.0.0.2';

/** A TCP port of the machine; it is closed after the test. @returns where a tunnel finds it */
export async function portOfMachine(welcome: (socket: net.Socket) => void): Promise<Forward> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket.on('error', () => {}));
    welcome(socket);
  });
  server.listen(0, MACHINE);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as net.AddressInfo).port, address: MACHINE };
}

/** A port that sends back what it gets. */
export const echoPort = () => portOfMachine(socket => socket.pipe(socket));

/** Sends a text to a port of localhost, then ends. @returns what came back until the other side ended too */
export async function exchange(port: number, message: string, host = '127.0.0.1'): Promise<string> {
  const socket = net.connect({ port, host, allowHalfOpen: true });
  const answer = text(socket);
  socket.end(message);
  return answer;
}

/** This process, which outlives the test. */
export const me: ProcessIdentity = identify(process.pid) ?? { pid: 0, startTime: '' };

/** A tunnel in this process; it is ended after the test. */
export function tunnelTo(
  target: SshTarget,
  forwards: readonly Forward[],
  {
    starter = me,
    clock,
    shownKeys = {},
    noteUse,
    others = [],
  }: {
    starter?: ProcessIdentity;
    clock?: Clock;
    shownKeys?: ShownKeys;
    noteUse?: TunnelEnd['noteUse'];
    /** Machines beside the first one. */
    others?: readonly TunnelEnd[];
  } = {},
) {
  const ending = new AbortController();
  const lines: string[] = [];
  const answered = Promise.withResolvers<TunnelAnswer>();
  const ended = runTunnel(
    { machines: [{ target, forwards, noteUse }, ...others], shownKeys, starter },
    {
      log: new TunnelLog(line => lines.push(line.replace(/^\S+ /, '').trimEnd())),
      answer: answered.resolve,
      env: process.env,
      signal: ending.signal,
      ...(clock ? { clock } : {}),
    },
  );
  const end = (reason = 'the test is over') => {
    ending.abort(new Error(reason));
    return ended;
  };
  onTestFinished(async () => {
    await end();
  });
  return { lines, answer: answered.promise, ended, end };
}

/** Waits until something is so; the test's own time limit ends it. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(resolve => setTimeout(resolve, 20));
}

/**
 * Waits until nobody listens on a port of localhost. A child that another test is just starting holds it for a moment longer:
 * until its own program runs, it has every socket of this process.
 */
export async function untilClosed(port: number): Promise<void> {
  for (;;) {
    const answer = await exchange(port, '').catch((error: NodeJS.ErrnoException) => error.code);
    if (answer === 'ECONNREFUSED') return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
