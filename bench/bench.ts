import { execFile, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Machine, ROOT, startMachine, stopMachine } from '../test/integration/support/lab.ts';
import { measureAction } from './action.ts';
import { unpackEarlier } from './earlier.ts';

/** The machines of a bench, which are gone at its end. */
export class Bench implements AsyncDisposable {
  private readonly names = new Set<string>();
  private readonly deployments = new Map<string, Promise<Machine>>();
  private earlierRoot: Promise<string> | undefined;

  /** A fresh machine. */
  async machine(name: string): Promise<Machine> {
    this.names.add(name);
    return startMachine(`bench-${name}`);
  }

  async remove(name: string): Promise<void> {
    this.names.delete(name);
    await stopMachine(`bench-${name}`);
  }

  /** Folder of the build before speed was looked at, which is measured in turn with this one. */
  earlier(): Promise<string> {
    this.earlierRoot ??= unpackEarlier();
    return this.earlierRoot;
  }

  /** A machine with a cluster on it, which the rows share. @param inputs of its deployment; root folder of the build that deploys */
  deployed(
    name = 'deployed',
    inputs: Readonly<Record<string, string>> = {},
    root?: string,
  ): Promise<Machine> {
    const known = this.deployments.get(name) ?? this.deploy(name, inputs, root);
    this.deployments.set(name, known);
    return known;
  }

  /** Gives back a machine of `deployed`. */
  async release(name: string): Promise<void> {
    this.deployments.delete(name);
    await this.remove(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.names) await this.remove(name);
    const root = await this.earlierRoot?.catch(() => undefined);
    if (root) rmSync(root, { recursive: true });
  }

  private async deploy(
    name: string,
    inputs: Readonly<Record<string, string>>,
    root?: string,
  ): Promise<Machine> {
    const machine = await this.machine(name);
    await measureAction(machine, inputs, root);
    return machine;
  }
}

/** The words of an SSH command to a machine, without any of the user's own settings. */
export const sshTo = ({
  host,
  port,
  username,
  keyFile,
}: Pick<Machine, 'host' | 'port' | 'username' | 'keyFile'>): string[] => [
  'ssh',
  ...['-F', '/dev/null', '-i', keyFile, '-p', `${port}`, '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes'],
  // A machine's port may have been another one's before.
  ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
  `${username}@${host}`,
];

/** Runs a program and counts its seconds. @throws Error when it fails */
export async function time(words: readonly string[]): Promise<{ tookS: number; stdout: string }> {
  const [file = '', ...args] = words;
  const started = performance.now();
  const { stdout } = await promisify(execFile)(file, args, { cwd: ROOT, maxBuffer: 1 << 26 });
  return { tookS: (performance.now() - started) / 1000, stdout };
}

/** One of the scripts beside this file. */
export const script = (name: string, ...args: string[]) => [join(ROOT, 'bench', name), ...args];

/** Runs a program while `work` is done. It is told to end afterwards. */
export async function beside<T>(words: readonly string[], work: () => Promise<T>): Promise<T> {
  const [file = '', ...args] = words;
  const child = spawn(file, args, { stdio: 'ignore' });
  try {
    return await work();
  } finally {
    child.kill();
  }
}
