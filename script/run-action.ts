import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';

/** One run of the built action, as a runner starts it. */
export interface ActionRun {
  readonly exitCode: number;
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown of the job summary. */
  readonly summary: string;
  /** What the runner would show: secrets masked, debug lines only with RUNNER_DEBUG=1. */
  readonly log: string;
  /** Standard output and standard error as they came. */
  readonly rawLog: string;
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
}

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly main: string };
}

/**
 * Runs the built action as the runner does: defaults from action.yml, inputs as INPUT_… variables, and files for outputs,
 * summary and state. The files are gone afterwards, apart from the action's own report.
 * @throws Error for an input that action.yml does not have
 */
export async function runAction({
  root,
  inputs,
  environment = {},
  onOutput,
  signal,
  killSignal = 'SIGINT',
}: RunOptions): Promise<ActionRun> {
  const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as ActionFile;
  const unknown = Object.keys(inputs).filter(name => !(name in action.inputs));
  if (unknown.length > 0) throw new Error(`action.yml has no input "${unknown.join('", "')}"`);
  const folder = mkdtempSync(join(tmpdir(), 'kafka-action-'));
  const files = {
    GITHUB_OUTPUT: 'output',
    GITHUB_STEP_SUMMARY: 'summary.md',
    GITHUB_STATE: 'state',
    GITHUB_ENV: 'env',
    GITHUB_PATH: 'path',
  };
  const paths = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, join(folder, file)]));
  for (const path of Object.values(paths)) writeFileSync(path, '');
  const values = Object.entries(action.inputs).map(([name, input]) => [
    `INPUT_${name.toUpperCase().replaceAll(' ', '_')}`,
    // The only expression among the defaults.
    inputs[name] ?? (input.default ?? '').replace(/^\$\{\{ job\.status \}\}$/, 'success'),
  ]);
  try {
    const child = spawn(process.execPath, [join(root, action.runs.main)], {
      env: { ...process.env, RUNNER_TEMP: tmpdir(), ...paths, ...Object.fromEntries(values), ...environment },
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
    const read = (name: keyof typeof files) => readFileSync(join(folder, files[name]), 'utf8');
    return {
      exitCode,
      outputs: parseOutputs(read('GITHUB_OUTPUT')),
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
function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const pattern = /^([^\n<=]+)<<(\S+)\n([\s\S]*?)\n?\2$/gm;
  for (const [, name = '', , value = ''] of text.matchAll(pattern)) outputs[name] = value;
  return outputs;
}
