import type { NodeSSH } from 'node-ssh';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import type { FirstKeys } from './first-keys.ts';

/** An open SSH connection; `close` also ends the jump host's connection or the proxy command below it. */
export interface SshConnection {
  readonly ssh: NodeSSH;
  close(): void;
}

export interface ConnectOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  /** How long to wait for a machine that is still booting. */
  readonly connectTimeoutMs: number;
  /** What machines that are not pinned have shown in this job: they may show nothing else. */
  readonly firstKeys: FirstKeys;
}
