import { type SpawnOptionsWithStdioTuple, type StdioPipe, spawn } from 'node:child_process';

/** What a runner's system is, as far as it matters for a command line. */
export interface RunnerSystem {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
}

/** A command line as a process. */
export interface ShellCall {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: Omit<SpawnOptionsWithStdioTuple<StdioPipe, StdioPipe, StdioPipe>, 'stdio' | 'env'>;
}

/**
 * The call of the system's shell: `cmd` on Windows, which OpenSSH takes there, too; `/bin/sh` everywhere else. In cmd, `/d` leaves out
 * what a user has set to run first, and with `/s` nothing but the outer quotation marks is taken away from the line.
 */
export function shellCall(line: string, { platform, env }: RunnerSystem): ShellCall {
  if (platform === 'win32')
    return {
      file: variableOf(env, 'ComSpec') ?? 'cmd.exe',
      args: ['/d', '/s', '/c', `"${line}"`],
      // A process that is detached gets a window of its own there.
      options: { windowsVerbatimArguments: true, windowsHide: true },
    };
  // Its own process group, so that a pipeline or a plugin it started can be ended with it.
  return { file: '/bin/sh', args: ['-c', line], options: { detached: true } };
}

/** Ends such a process and whatever it has started. It may have ended in the meantime. */
export function endTree(pid: number, { platform, env }: RunnerSystem): void {
  if (platform !== 'win32') {
    try {
      process.kill(-pid, 'SIGTERM');
    } catch {
      // It ended by itself.
    }
    return;
  }
  // Windows has no process groups that a signal reaches.
  const taskkill = `${variableOf(env, 'SystemRoot') ?? 'C:\\Windows'}\\System32\\taskkill.exe`;
  spawn(taskkill, ['/pid', `${pid}`, '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on(
    'error',
    () => {},
  );
}

/** Windows does not tell `ComSpec` from `COMSPEC`; a copy of its environment does. */
function variableOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const found = Object.entries(env).find(([other]) => other.toLowerCase() === name.toLowerCase());
  return found?.[1] || undefined;
}
