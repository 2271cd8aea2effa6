import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../clock.ts';
import { reasonOf, toActionError } from '../errors.ts';
import { connect } from '../host/ssh/connect.ts';
import type { SshConnection } from '../host/ssh/connection.ts';
import { FirstKeys } from '../host/ssh/first-keys.ts';
import { nameOf } from '../host/ssh/target.ts';
import type { Waiting } from '../waiting.ts';
import type { Forward } from './forwards.ts';
import { jobEnd } from './job-end.ts';
import { Link } from './link.ts';
import { LocalPorts } from './local-ports.ts';
import type { TunnelAnswer, TunnelEnd, TunnelOrder } from './order.ts';
import type { TunnelLog } from './tunnel-log.ts';

interface TunnelOptions {
  readonly log: TunnelLog;
  /** Given once, when the ports are open and every machine is reached, or when that cannot be. */
  readonly answer: (answer: TunnelAnswer) => void;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the tunnel; its reason says why. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** The machine was there a moment ago. */
const FIRST_CONNECT_MS = 20_000;

/** Less than the shortest time after which an unused environment may be taken down. */
const NOTE_EVERY_MS = 15 * 60_000;

/** Who uses the ports runs no action that would note it. */
async function noteUse(
  link: Link,
  command: readonly [string, ...string[]],
  { clock, signal }: Waiting,
): Promise<void> {
  while (!signal.aborted) {
    await link.tell(command).catch(() => {});
    await clock.sleep(NOTE_EVERY_MS, signal).catch(() => {});
  }
}

/** A machine of the tunnel, and the way to it. */
interface Line {
  readonly end: TunnelEnd;
  readonly link: Link;
  /** One attempt to connect. */
  connect(connectTimeoutMs?: number): Promise<SshConnection>;
}

/**
 * Keeps the ports open until the signal or the end of the job.
 * @returns why it ended
 */
export async function runTunnel(order: TunnelOrder, options: TunnelOptions): Promise<string> {
  const { log, answer, clock = systemClock } = options;
  const done = new AbortController();
  const signal = AbortSignal.any([options.signal, done.signal]);
  const lines = linesOf(order, { ...options, clock, signal });
  const links = new Map(lines.flatMap(({ end, link }) => end.forwards.map(each => [each, link] as const)));
  const kept: Promise<never>[] = [];
  let opening: Promise<void>[] = [];
  let ports: LocalPorts | undefined;
  try {
    ports = await LocalPorts.open({ forwards: [...links.keys()], dial: each => dialBy(links, each), log });
    log.info(`listening on localhost, ports ${[...links.keys()].map(({ port }) => port).join(', ')}`);
    opening = lines.map(async ({ end, link, connect }) => {
      const connection = await connect(FIRST_CONNECT_MS);
      log.info(`connected to ${nameOf(end.target)}`);
      const keeping = link.keep(connection);
      keeping.catch(() => {}); // Awaited below; until then it is nobody's.
      kept.push(keeping);
    });
    await Promise.all(opening);
    answer({ kind: 'open' });
    for (const { end, link } of lines) if (end.noteUse) void noteUse(link, end.noteUse, { clock, signal });
    return await Promise.race([...kept, jobEnd(order.starter, clock, signal)]);
  } catch (error) {
    if (options.signal.aborted) return reasonOf(options.signal.reason);
    const { code, message, hint } = toActionError(error);
    answer({ kind: 'failed', code: code === 'internal' ? 'tunnel-failed' : code, message, hint });
    return message;
  } finally {
    done.abort(new Error('the tunnel ended'));
    ports?.close();
    await Promise.allSettled(opening);
    await Promise.allSettled(kept);
  }
}

/** A link to each machine. Of several the log says which one it speaks of. */
function linesOf(
  { machines, shownKeys }: TunnelOrder,
  { log, clock, signal, env }: TunnelOptions & Waiting,
): Line[] {
  const firstKeys = new FirstKeys(shownKeys);
  return machines.map(end => {
    const ownLog = machines.length > 1 ? log.of(nameOf(end.target)) : log;
    const connectOnce = (connectTimeoutMs = 0) =>
      connect(end.target, { clock, log: ownLog, signal, env, connectTimeoutMs, firstKeys });
    return {
      end,
      connect: connectOnce,
      link: new Link({ clock, log: ownLog, signal, connect: connectOnce }),
    };
  });
}

async function dialBy(links: ReadonlyMap<Forward, Link>, forward: Forward): Promise<Duplex> {
  const link = links.get(forward);
  if (!link) throw new RangeError(`port ${forward.port} leads to no machine`);
  return link.dial(forward.address, forward.port);
}
