import { type Clock, systemClock } from '../clock.ts';
import { reasonOf, toActionError } from '../errors.ts';
import { connect } from '../host/ssh/connect.ts';
import { FirstKeys } from '../host/ssh/first-keys.ts';
import { nameOf } from '../host/ssh/target.ts';
import type { Waiting } from '../waiting.ts';
import { jobEnd } from './job-end.ts';
import { Link } from './link.ts';
import { LocalPorts } from './local-ports.ts';
import type { TunnelAnswer, TunnelOrder } from './order.ts';
import type { TunnelLog } from './tunnel-log.ts';

interface TunnelOptions {
  readonly log: TunnelLog;
  /** Given once, when the ports are open and the machine is reached, or when that cannot be. */
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

/**
 * Keeps the ports open until the signal or the end of the job.
 * @returns why it ended
 */
export async function runTunnel(order: TunnelOrder, options: TunnelOptions): Promise<string> {
  const { log, answer, env, clock = systemClock } = options;
  const done = new AbortController();
  const signal = AbortSignal.any([options.signal, done.signal]);
  const firstKeys = new FirstKeys(order.shownKeys);
  const connectOnce = (connectTimeoutMs = 0) =>
    connect(order.target, { clock, log, signal, env, connectTimeoutMs, firstKeys });
  let ports: LocalPorts | undefined;
  let kept: Promise<never> | undefined;
  const link = new Link({ clock, log, signal, connect: connectOnce });
  try {
    const dial = (address: string, port: number) => link.dial(address, port);
    ports = await LocalPorts.open({ forwards: order.forwards, dial, log });
    log.info(`listening on localhost, ports ${order.forwards.map(({ port }) => port).join(', ')}`);
    const connection = await connectOnce(FIRST_CONNECT_MS);
    log.info(`connected to ${nameOf(order.target)}`);
    kept = link.keep(connection);
    answer({ kind: 'open' });
    if (order.noteUse) void noteUse(link, order.noteUse, { clock, signal });
    return await Promise.race([kept, jobEnd(order.starter, clock, signal)]);
  } catch (error) {
    if (options.signal.aborted) return reasonOf(options.signal.reason);
    const { code, message, hint } = toActionError(error);
    answer({ kind: 'failed', code: code === 'internal' ? 'tunnel-failed' : code, message, hint });
    return message;
  } finally {
    done.abort(new Error('the tunnel ended'));
    ports?.close();
    await kept?.catch(() => {});
  }
}
