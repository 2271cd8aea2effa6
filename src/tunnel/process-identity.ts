import { existsSync, readFileSync } from 'node:fs';

/** A process that a later one with the same number is not mistaken for. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In clock ticks since the boot (proc_pid_stat(5), field 22); '' where there is no /proc. */
  readonly startTime: string;
}

/** @returns undefined when no process with this number is running, or none that may be seen */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!existsSync('/proc/self/stat')) return isThere(pid) ? { pid, startTime: '' } : undefined;
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field, the name in brackets, may hold anything; the third is the state.
  const [state = '', ...others] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const hasEnded = state === 'Z' || state === 'X';
  return hasEnded ? undefined : { pid, startTime: others[18] ?? '' };
}

/** Whether the very process that was identified still runs. */
export const isRunning = ({ pid, startTime }: ProcessIdentity): boolean =>
  identify(pid)?.startTime === startTime;

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
