import type { Context } from '../context.ts';
import type { ErrorCode } from '../error-codes.ts';
import type { ActionError } from '../errors.ts';
import { diskTrouble } from '../machine/troubles/full-disk.ts';
import { clockTrouble } from '../machine/troubles/wrong-clock.ts';
import type { Step } from './step.ts';

/** Errors that know their cause: neither a disk nor a clock is behind them. */
const CERTAIN: ReadonlySet<ErrorCode> = new Set([
  ...(['cancelled', 'run-timeout', 'lock-lost', 'machine-locked', 'output-too-long'] as const),
  ...(['ssh-connection-lost', 'ssh-unreachable', 'ssh-auth-refused', 'ssh-forwarding-refused'] as const),
  ...(['no-sudo', 'not-amazon-linux-2023', 'architecture-unsupported', 'memory-too-small'] as const),
  ...([
    'image-not-found',
    'port-in-use',
    'docker-foreign',
    'still-in-use',
    'project-taken',
    'package-manager-busy',
  ] as const),
  ...(['member-not-listed', 'node-cannot-leave', 'machines-of-different-clusters'] as const),
  ...(['disk-full', 'disk-read-only', 'topic-not-found', 'latency-too-high', 'throughput-too-low'] as const),
]);

/**
 * Looks at the machine after a step has failed: a full disk or a wrong clock makes programs fail in ways that name anything else.
 * @returns what the failure comes from, or the failure itself
 */
export async function explain(
  { host, signal }: Pick<Context, 'host' | 'signal'>,
  { writes = { paths: ['/'] } }: Pick<Step, 'writes'>,
  error: ActionError,
): Promise<ActionError> {
  if (signal.aborted || CERTAIN.has(error.code)) return error;
  return (await diskTrouble(host, error, writes)) ?? (await clockTrouble(host, error)) ?? error;
}
