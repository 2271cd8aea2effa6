import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import { ActLog, type StepRun } from './act-log.ts';
import { ROOT } from './lab.ts';

const ACT = { package: 'github.com/nektos/act', version: 'v0.2.89' };
/** The action's name in the examples. act takes the files of this checkout for it. */
const ACTION = 'org/kafka-al2023-action@v1';
const RUNNER = 'ubuntu-24.04';

/** A workflow's file, and the things that GitHub has beside it. */
export interface Trigger {
  /** Path of the workflow's file. */
  readonly workflow: string;
  readonly event: string;
  readonly payload?: object;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  /** Files of the repository, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Folders of actions that stand for those of others, by name and version. */
  readonly actions?: Readonly<Record<string, string>>;
  /** A folder whose programs come first. */
  readonly path?: string;
  /** Sends SIGINT to act: the run is cancelled. */
  readonly cancel?: AbortSignal;
}

export interface WorkflowRun {
  readonly exitCode: number;
  readonly steps: readonly StepRun[];
  /** The log of all jobs, secrets masked. */
  readonly log: string;
  /** The step with this id, of the only job or of the one whose matrix has this value. */
  step(id: string, stage?: StepRun['stage'], matrixValue?: string): StepRun;
}

/** Builds act, unless it is there. @throws Error when it cannot be built */
export const installAct = () =>
  execFileSync(join(ROOT, 'script', 'go-tool'), ['act', ACT.package, ACT.version], { stdio: 'inherit' });

/**
 * Runs an unchanged workflow with act, in self-hosted mode: on this machine, without an engine. All files of the run lie in a
 * folder that is removed afterwards. Secrets are in a file that only its owner can read, never in an argument.
 * @throws Error when act cannot be built or started
 */
export async function runWorkflow(trigger: Trigger): Promise<WorkflowRun> {
  installAct();
  const folder = mkdtempSync(join(tmpdir(), 'act-'));
  try {
    const log = new ActLog();
    const exitCode = await runAct(folder, trigger, line => log.take(line));
    const find = (id: string, stage: StepRun['stage'] = 'Main', matrixValue?: string) =>
      log.steps.find(
        step =>
          step.id === id &&
          step.stage === stage &&
          (matrixValue === undefined || Object.values(step.matrix).includes(matrixValue)),
      );
    return {
      exitCode,
      steps: log.steps,
      log: log.text,
      step(id, stage, matrixValue) {
        const step = find(id, stage, matrixValue);
        if (!step)
          throw new Error(`no step ${id} ran (${stage ?? 'Main'}, ${matrixValue ?? ''}):\n${log.text}`);
        return step;
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runAct(folder: string, trigger: Trigger, onLine: (line: string) => void): Promise<number> {
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const workspace = makeWorkspace(join(folder, 'workspace'), trigger.files ?? {});
  copyAction(join(folder, 'action'));
  mkdirSync(join(folder, 'home'));
  const options = [
    ...[trigger.event, '--workflows', trigger.workflow, '--directory', workspace],
    ...['--platform', `${RUNNER}=-self-hosted`, '--no-cache-server', '--json'],
    // A failed job would otherwise leave its workspace behind.
    '--rm',
    ...['--action-cache-path', join(folder, 'cache')],
    ...Object.entries({ [ACTION]: join(folder, 'action'), ...trigger.actions }).flatMap(([name, place]) => [
      '--local-repository',
      `${name}=${place}`,
    ]),
    // An empty token, or act asks the GitHub CLI for the developer's own.
    ...['--secret-file', file('secrets.yaml', stringify({ GITHUB_TOKEN: '', ...trigger.secrets }))],
    ...['--var-file', file('vars.yaml', stringify(trigger.vars ?? {}))],
    ...['--eventpath', file('event.json', JSON.stringify(trigger.payload ?? {}))],
    ...['--env', 'GITHUB_REPOSITORY=example/project'],
  ];
  const child = spawn(join(ROOT, '.tools', 'bin', 'act'), options, {
    env: {
      ...environment(),
      HOME: join(folder, 'home'),
      PATH: [trigger.path, process.env.PATH].filter(Boolean).join(':'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(trigger.cancel ? { signal: trigger.cancel, killSignal: 'SIGINT' } : {}),
  });
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', line => onLine(line));
  return new Promise((resolve, reject) => {
    child.once('close', code => resolve(code ?? 1));
    child.once('error', error => (error.name === 'AbortError' ? undefined : reject(error)));
  });
}

/** A repository with these files, for the steps that need one. */
function makeWorkspace(folder: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
  git('init', '--initial-branch', 'main');
  git('add', '--all');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--allow-empty', '-m', 'test');
  return folder;
}

/** The parts of the action that a runner needs, and nothing else of this checkout. */
function copyAction(folder: string): void {
  for (const part of ['action.yml', 'dist', 'stacks', 'client'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
}

/** This process's variables, without those of a runner on which these tests may themselves run. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(GITHUB|RUNNER|ACTIONS|INPUT|STATE|XDG)_/.test(name)),
  );
}
