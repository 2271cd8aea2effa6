import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';

/** One run of a program of the action, as a runner starts it. */
export interface StepRun {
  readonly exitCode: number;
  readonly outputs: Readonly<Record<string, string>>;
  /** The state that the post step gets. */
  readonly state: Readonly<Record<string, string>>;
  /** Markdown of the job summary. */
  readonly summary: string;
  /** The log that the runner would show: secrets masked, debug lines only with RUNNER_DEBUG=1. */
  readonly log: string;
  /** Standard output and standard error as they came. */
  readonly rawLog: string;
}

/** A run of the action. The job runs its post step at its end. */
export interface ActionRun extends StepRun {
  /** Runs the post step with the state of this run. */
  post(options?: PostOptions): Promise<StepRun>;
}

interface PostOptions {
  /** Inputs that have changed since the main step: the runner evaluates them again. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly onOutput?: (text: string) => void;
}

interface RunOptions {
  /** Folder of the action: where action.yml and dist/ are. */
  readonly root: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Added to the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with the output as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Ends the run, with `killSignal`: by default as a runner cancels it. */
  readonly signal?: AbortSignal;
  readonly killSignal?: NodeJS.Signals;
  /** A command that starts the program, with its path and arguments as arguments; by default it is started directly. */
  readonly starter?: readonly [string, ...string[]];
}

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly main: string; readonly post: string };
}

/** The files that a runner gives to each step. */
const FILES = {
  GITHUB_OUTPUT: 'output',
  GITHUB_STEP_SUMMARY: 'summary.md',
  GITHUB_STATE: 'state',
  GITHUB_ENV: 'env',
  GITHUB_PATH: 'path',
};

/**
 * Runs the built action as the runner does: defaults from action.yml, inputs as INPUT_… variables, and files for outputs,
 * summary and state. The files are gone afterwards, apart from the action's own report.
 * @throws Error for an input that action.yml does not have
 */
export async function runAction(options: RunOptions): Promise<ActionRun> {
  const { root, inputs, environment = {} } = options;
  const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as ActionFile;
  const variables = inputVariables(action, inputs, 'success');
  const run = await runStep(join(root, action.runs.main), variables, options);
  const jobStatus = run.exitCode === 0 ? 'success' : 'failure';
  const state = Object.entries(run.state).map(([name, value]) => [`STATE_${name}`, value]);
  return {
    ...run,
    post: ({ inputs: changed, onOutput } = {}) => {
      const given = inputVariables(action, { ...inputs, ...changed }, jobStatus);
      const variables = { ...given, ...Object.fromEntries(state) };
      return runStep(join(root, action.runs.post), variables, {
        environment,
        ...(onOutput ? { onOutput } : {}),
      });
    },
  };
}

function inputVariables(
  action: ActionFile,
  inputs: Readonly<Record<string, string>>,
  jobStatus: string,
): Record<string, string> {
  const unknown = Object.keys(inputs).filter(name => !(name in action.inputs));
  if (unknown.length > 0) throw new Error(`action.yml has no input "${unknown.join('", "')}"`);
  return Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [
      `INPUT_${name.toUpperCase().replaceAll(' ', '_')}`,
      // The only expression among the defaults.
      inputs[name] ?? (input.default ?? '').replace(/^\$\{\{ job\.status \}\}$/, jobStatus),
    ]),
  );
}

async function runStep(
  program: string,
  variables: Readonly<Record<string, string>>,
  { environment = {}, onOutput, signal, killSignal = 'SIGINT', starter }: Omit<RunOptions, 'root' | 'inputs'>,
): Promise<StepRun> {
  const folder = mkdtempSync(join(tmpdir(), 'kafka-action-'));
  const paths = Object.fromEntries(Object.entries(FILES).map(([name, file]) => [name, join(folder, file)]));
  for (const path of Object.values(paths)) writeFileSync(path, '');
  const [command = process.execPath, ...args] = [...(starter ?? []), process.execPath, program];
  try {
    const child = spawn(command, args, {
      env: { ...process.env, RUNNER_TEMP: tmpdir(), ...paths, ...variables, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal ? { signal, killSignal } : {}),
    });
    const viewer = new LogViewer(process.env.RUNNER_DEBUG === '1', onOutput);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', line => viewer.take(line));
    }
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('close', code => resolve(code ?? 1));
      child.once('error', error => (error.name === 'AbortError' ? undefined : reject(error)));
    });
    const read = (name: keyof typeof FILES) => readFileSync(join(folder, FILES[name]), 'utf8');
    return {
      exitCode,
      outputs: parseValues(read('GITHUB_OUTPUT')),
      state: parseValues(read('GITHUB_STATE')),
      summary: read('GITHUB_STEP_SUMMARY'),
      log: viewer.log,
      rawLog: viewer.rawLog,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Shows the output of an action as the runner does. */
class LogViewer {
  log = '';
  rawLog = '';
  private readonly masks: string[] = [];
  private readonly showDebug: boolean;
  private readonly onOutput: ((text: string) => void) | undefined;

  constructor(showDebug: boolean, onOutput?: (text: string) => void) {
    this.showDebug = showDebug;
    this.onOutput = onOutput;
  }

  take(line: string): void {
    this.rawLog += `${line}\n`;
    const mask = /^::add-mask::(.*)$/.exec(line)?.[1];
    if (mask !== undefined) {
      const value = mask.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
      this.masks.push(...value.split(/\r?\n/).filter(part => part !== ''));
      return;
    }
    if (line.startsWith('::debug::') && !this.showDebug) return;
    const shown = `${this.masks.reduce((text, secret) => text.replaceAll(secret, '***'), line)}\n`;
    this.log += shown;
    this.onOutput?.(shown);
  }
}

/** `name<<DELIMITER`, the value, `DELIMITER`: the runner's file command format. */
function parseValues(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const pattern = /^([^\n<=]+)<<(\S+)\n([\s\S]*?)\n?\2$/gm;
  for (const [, name = '', , value = ''] of text.matchAll(pattern)) values[name] = value;
  return values;
}
