import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { INPUT_DEFAULTS } from '../../../src/config/inputs.ts';

/** How a run of src/main.ts ended. */
export interface ActionProcess {
  readonly exitCode: number;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Text of the report. */
  readonly report: string;
  /** What was written, without the commands that tell the runner its secrets. */
  readonly log: string;
  readonly rawLines: readonly string[];
}

/** Runs the action from its sources, as a runner does, in a process of its own. @param variables that the runner sets, too */
export async function runFromSource(
  inputs: Partial<Record<keyof typeof INPUT_DEFAULTS, string>>,
  variables: Readonly<Record<string, string>> = {},
): Promise<ActionProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'kafka-action-run-'));
  const [output, summary] = [join(folder, 'output'), join(folder, 'summary')];
  writeFileSync(output, '');
  writeFileSync(summary, '');
  const values = Object.entries({ ...INPUT_DEFAULTS, ...inputs }).map(([name, value]) => [
    `INPUT_${name.toUpperCase()}`,
    value,
  ]);
  const files = { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, RUNNER_TEMP: folder };
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    NODE_NO_WARNINGS: '1',
    ...files,
    ...variables,
    ...Object.fromEntries(values),
    ...variables,
  };
  try {
    const child = spawn(process.execPath, ['src/main.ts'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number>(resolve => child.once('close', code => resolve(code ?? -1)));
    const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    const rawLines = `${stdout}${stderr}`.split('\n');
    const found = readFileSync(output, 'utf8').matchAll(/^(\S+)<<(\S+)\n([\s\S]*?)\n\2$/gm);
    const outputs: Record<string, string> = Object.fromEntries(
      [...found].map(([, name, , value]) => [name, value]),
    );
    const log = rawLines.filter(line => !line.startsWith('::add-mask::')).join('\n');
    const report = outputs.report ? readFileSync(outputs.report, 'utf8') : '';
    return { exitCode, outputs, summary: readFileSync(summary, 'utf8'), report, log, rawLines };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
