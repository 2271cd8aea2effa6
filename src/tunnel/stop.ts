import type { Clock } from '../clock.ts';
import { until } from '../waiting.ts';
import { isRunning, type ProcessIdentity } from './process-identity.ts';

/** How long a tunnel may take to close its ports. */
const PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 50;

export type TunnelEnd = 'ended' | 'killed' | 'was-gone';

/**
 * Ends the process of a tunnel, unless it is gone: another process with its number is left alone.
 * @returns `was-gone` when it had ended before, `killed` when it had to be forced
 */
export async function stopTunnel(tunnel: ProcessIdentity, clock: Clock): Promise<TunnelEnd> {
  if (!signalled(tunnel, 'SIGTERM')) return 'was-gone';
  if (await isGone(tunnel, clock)) return 'ended';
  signalled(tunnel, 'SIGKILL');
  await isGone(tunnel, clock);
  return 'killed';
}

function signalled(tunnel: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(tunnel)) return false;
  try {
    return process.kill(tunnel.pid, signal);
  } catch {
    return false; // it ended in between
  }
}

/** Asked also when the job is cancelled: nothing ends this wait early. */
function isGone(tunnel: ProcessIdentity, clock: Clock): Promise<boolean> {
  const waiting = { clock, signal: AbortSignal.any([]) };
  const look = () => !isRunning(tunnel) || undefined;
  return until(waiting, look, { everyMs: LOOK_EVERY_MS, timeoutMs: PATIENCE_MS, late: () => false });
}
