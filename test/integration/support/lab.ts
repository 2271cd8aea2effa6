import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ActionRun, runAction } from '../../../script/run-action.ts';

export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A machine of the lab, as `lab/lab info` describes it. */
export interface Machine {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly keyFile: string;
  readonly fingerprint: string;
  readonly fingerprints: readonly string[];
  readonly knownHostsFile: string;
  /** The machine's address for other machines of the lab. */
  readonly address: string;
  /** The id of the container that it is, for the engine that the lab runs on. */
  readonly container: string;
}

export interface CommandOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a machine in the state after its first boot. */
export async function startMachine(name: string): Promise<Machine> {
  await lab('down', name);
  const { exitCode, stdout, stderr } = await lab('up', name);
  if (exitCode !== 0) throw new Error(`lab/lab up ${name} ended with exit code ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as Machine;
}

/** The same for several at once, which share the user's key. */
export async function startMachines(names: readonly string[]): Promise<Machine[]> {
  await lab('down', ...names);
  const { exitCode, stderr } = await lab('up', ...names);
  if (exitCode !== 0)
    throw new Error(`lab/lab up ${names.join(' ')} ended with exit code ${exitCode}: ${stderr}`);
  return Promise.all(names.map(describeMachine));
}

/** How a machine is reached now: its port is another one after its container was started again. */
export async function describeMachine(name: string): Promise<Machine> {
  return JSON.parse((await lab('info', name)).stdout) as Machine;
}

export const stopMachine = (name: string) => lab('down', name);
export const stopMachines = (names: readonly string[]) => lab('down', ...names);

/** Closes the firewall of a machine for what comes from another one, at a port (see `lab/lab help`). */
export async function closeWay(
  from: Machine,
  to: Machine,
  port: number,
  how: 'drop' | 'reject' = 'drop',
): Promise<void> {
  await cut(from.name, to.name, `${port}`, ...(how === 'reject' ? [how] : []));
}

/** Cuts a machine off from another one, or from everything, SSH too. */
export const cutOff = (machine: Machine, from?: Machine) => cut(...(from ? [from.name] : []), machine.name);

async function cut(...words: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await lab('cut', ...words);
  if (exitCode !== 0) throw new Error(`lab/lab cut ended with exit code ${exitCode}: ${stderr}`);
}

export const openWays = (machines: readonly Machine[]) => lab('mend', ...machines.map(({ name }) => name));

/** Runs a shell script on a machine as root, past the action and its connection. */
export async function asRoot(machine: Machine, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await lab('root', machine.name, '--', 'bash', '-c', script);
  if (exitCode !== 0)
    throw new Error(`on ${machine.name}: ${script}\nexit code ${exitCode}: ${stdout}${stderr}`);
  return stdout.trim();
}

/** What the depot does wrong for a machine from now on (see `lab/lab help`); nothing without any. */
export async function depotFaults(machine: Machine, faults: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await lab('fault', machine.name, ...faults);
  if (exitCode !== 0) throw new Error(`lab/lab fault ended with exit code ${exitCode}: ${stderr}`);
}

/** Leaves the machine no way out but a proxy. @returns its address, with a user name and a password */
export async function closeNetwork(machine: Machine): Promise<string> {
  const { exitCode, stdout, stderr } = await lab('closed', machine.name);
  if (exitCode !== 0) throw new Error(`lab/lab closed ended with exit code ${exitCode}: ${stderr}`);
  return stdout.trim();
}

export const openNetwork = (machine: Machine) => lab('open', machine.name);

/** The inputs that connect to a machine and pin its host key. */
export function connectionTo(machine: Machine): Record<string, string> {
  return {
    host: machine.host,
    port: `${machine.port}`,
    username: machine.username,
    key: readFileSync(machine.keyFile, 'utf8'),
    'host-fingerprint': machine.fingerprint,
    // A faulty cluster should fail soon.
    'smoke-timeout': '60',
  };
}

/** The same for machines that make a cluster together. */
export function connectionToAll(machines: readonly Machine[]): Record<string, string> {
  const [first] = machines;
  if (!first) throw new Error('no machine is given');
  const { port: _, ...connection } = connectionTo(first);
  return {
    ...connection,
    host: machines.map(({ host, port }) => `${host}:${port}`).join('\n'),
    'host-fingerprint': machines.map(({ fingerprint }) => fingerprint).join('\n'),
  };
}

/** Runs the built action against a machine. */
export function deployTo(
  machine: Machine,
  inputs: Readonly<Record<string, string>> = {},
  options: Partial<Parameters<typeof runAction>[0]> = {},
): Promise<ActionRun> {
  return runAction({ root: ROOT, inputs: { ...connectionTo(machine), ...inputs }, ...options });
}

async function lab(...args: string[]): Promise<CommandOutput> {
  return command(join(ROOT, 'lab', 'lab'), args);
}

async function command(file: string, args: readonly string[]): Promise<CommandOutput> {
  try {
    const { stdout, stderr } = await promisify(execFile)(file, args, { maxBuffer: 1 << 26 });
    return { exitCode: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { exitCode: typeof code === 'number' ? code : 1, stdout, stderr };
  }
}
