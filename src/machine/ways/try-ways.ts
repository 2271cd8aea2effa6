import { randomUUID } from 'node:crypto';
import { ActionError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import { LISTEN, PROBE } from './scripts.ts';

/** A machine as the others reach it. */
export interface WayEnd {
  /** As messages call it. */
  readonly name: string;
  readonly host: Host;
  readonly address: string;
  /** The ports at the address that the others must reach. */
  readonly ports: readonly number[];
}

/**
 * What became of a try: an answer (`open`), none (`silent`: a firewall drops, as a security group does), a refusal although something
 * listens (`refused`: a firewall rejects), no way there (`unreachable`), or an answer that is not the one (`strange`).
 */
export type WayState = 'open' | 'silent' | 'refused' | 'unreachable' | 'strange';

/** The way from a machine to a port of another one. */
export interface Way {
  readonly from: WayEnd;
  readonly to: WayEnd;
  readonly port: number;
  readonly state: WayState;
  /** Something else than our listener holds the port there: the cluster's own node, or a stranger. */
  readonly isBusy: boolean;
}

/** How long a firewall is given to answer. The kernel asks three times in it. */
const ANSWER_SECONDS = 4;
/** A listener that nobody ends does so itself after as long. */
const LISTENER_SECONDS = 120;

/**
 * Tries every way between machines on the real ports, by a listener on each that is gone afterwards. No rights are needed, no file is
 * written.
 *
 * @param trusted gives the certificates of the cluster's authorities in PEM, if there is one; asked for only where a port is busy
 * @throws ActionError `private-address-unknown` when a machine cannot listen at its address
 */
export async function tryWays(
  ends: readonly WayEnd[],
  trusted: () => Promise<string | undefined>,
): Promise<readonly Way[]> {
  const token = randomUUID();
  const starts = await Promise.allSettled(ends.map(end => listen(end, token)));
  const listeners = starts.flatMap(start => (start.status === 'fulfilled' ? [start.value] : []));
  try {
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
    const busy = listeners.some(listener => listener.busy.length > 0);
    const order = { token, seconds: ANSWER_SECONDS, trusted: (busy && (await trusted())) || null };
    const ways = await Promise.all(ends.map(from => waysFrom(from, listeners, order)));
    return ways.flat();
  } finally {
    await Promise.all(listeners.map(listener => listener.close()));
  }
}

interface Listener {
  readonly end: WayEnd;
  /** Ports that something else holds. */
  readonly busy: readonly number[];
  close(): Promise<void>;
}

/** @returns when it listens */
async function listen(end: WayEnd, token: string): Promise<Listener> {
  const { host, address, ports } = end;
  const line = Promise.withResolvers<string>();
  const words = [address, `${LISTENER_SECONDS}`, token, ...ports.map(String)];
  const ended = mustRun(host, {
    argv: ['python3', '-c', LISTEN, ...words],
    timeoutMs: (LISTENER_SECONDS + 30) * 1000,
    onLine: text => text.startsWith('{') && line.resolve(text),
  });
  ended.then(({ stdout }) => line.resolve(stdout), line.reject);
  const { pid, busy, wrong } = JSON.parse(await line.promise) as {
    pid: number;
    busy: number[];
    wrong: string | null;
  };
  const close = async () => {
    // Without a port to listen on it has ended already, and the number may be another process's.
    if (busy.length < ports.length) await host.run({ argv: ['kill', `${pid}`], isUndo: true });
    await ended;
  };
  if (wrong === null) return { end, busy, close };
  await close();
  throw new ActionError('private-address-unknown', `${host.name} cannot listen at ${address}: ${wrong}`);
}

interface Order {
  readonly token: string;
  readonly seconds: number;
  readonly trusted: string | null;
}

async function waysFrom(from: WayEnd, listeners: readonly Listener[], order: Order): Promise<Way[]> {
  const ways = listeners
    .filter(({ end }) => end !== from)
    .flatMap(({ end, busy }) =>
      end.ports.map(port => ({ from, to: end, port, isBusy: busy.includes(port) })),
    );
  const targets = ways.map(({ to, port, isBusy }) => [to.address, port, isBusy]);
  const stdin = JSON.stringify({ ...order, targets });
  const { stdout } = await mustRun(from.host, { argv: ['python3', '-c', PROBE], stdin });
  const states = JSON.parse(stdout) as WayState[];
  return ways.map((way, index) => ({ ...way, state: states[index] ?? 'silent' }));
}
