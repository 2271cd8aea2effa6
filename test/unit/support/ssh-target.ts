import { onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { connect } from '../../../src/host/ssh/connect.ts';
import type { ConnectOptions, SshConnection } from '../../../src/host/ssh/connection.ts';
import { FirstKeys } from '../../../src/host/ssh/first-keys.ts';
import type { HostTrust } from '../../../src/host/ssh/host-keys.ts';
import { SshHost } from '../../../src/host/ssh/ssh-host.ts';
import type { SshTarget } from '../../../src/host/ssh/target.ts';
import { InstantClock } from './clocks.ts';
import { RecordingLog } from './recording-log.ts';
import type { KeyPair } from './ssh-keys.ts';

export const UNPINNED: HostTrust = { fingerprints: [], knownHosts: [] };

/** A machine at this port of this computer. */
export function targetAt(port: number, key: KeyPair, more: Partial<SshTarget> = {}): SshTarget {
  return {
    host: '127.0.0.1',
    port,
    username: 'ec2-user',
    privateKey: key.privateKey,
    passphrase: '',
    trust: UNPINNED,
    ...more,
  };
}

/** Options of `connect` in which waiting takes no time. */
export function connectOptions(more: Partial<ConnectOptions> = {}) {
  const log = new RecordingLog();
  const clock = new InstantClock(9_000);
  const options: ConnectOptions = {
    log,
    clock,
    signal: new AbortController().signal,
    env: process.env,
    firstKeys: new FirstKeys(),
    connectTimeoutMs: 60_000,
    ...more,
  };
  return { log, clock, options };
}

/** Connects; the connection is closed after the test. */
export async function connected(target: SshTarget, options: ConnectOptions): Promise<SshConnection> {
  const connection = await connect(target, options);
  onTestFinished(() => connection.close());
  return connection;
}

/** The machine behind a target, with a real clock; closed after the test. */
export async function openSshHost(
  target: SshTarget,
  {
    signal = new AbortController().signal,
    commandTimeoutMs = 20_000,
    deadline = Number.POSITIVE_INFINITY,
    runId,
    onRelay,
  }: {
    signal?: AbortSignal;
    commandTimeoutMs?: number;
    deadline?: number;
    runId?: string;
    onRelay?: () => void;
  } = {},
): Promise<{ host: SshHost; log: RecordingLog }> {
  const { log, options } = connectOptions({ signal });
  const host = await SshHost.open({
    name: 'the machine',
    user: target.username,
    connect: signal => connect(target, { ...options, signal }),
    clock: systemClock,
    ...{ signal, commandTimeoutMs, deadline, onRelay },
    ...(runId === undefined ? {} : { runId }),
  });
  onTestFinished(() => host.close());
  return { host, log };
}
