import type { NodeSSH } from 'node-ssh';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import type { SshTarget } from './target.ts';

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
  /** Told the key of a machine, or jump host, that is not pinned; by default the log recommends to pin it. */
  readonly onUnpinnedKey?: (target: SshTarget, key: Buffer) => void;
}
