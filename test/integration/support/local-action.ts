import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './lab.ts';

interface LocalRun {
  readonly exitCode: number;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly log: string;
}

/**
 * Runs the action from its source under @github/local-action, which puts a toolkit of its own in the place of @actions/core.
 * Inputs are in a file that only its owner can read; it is removed afterwards.
 */
export async function runLocally(inputs: Readonly<Record<string, string>>): Promise<LocalRun> {
  const folder = mkdtempSync(join(tmpdir(), 'local-action-'));
  try {
    const summary = join(folder, 'summary.md');
    writeFileSync(summary, '');
    const variables = {
      ...Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
      ),
      GITHUB_STEP_SUMMARY: summary,
      RUNNER_TEMP: folder,
    };
    const lines = Object.entries(variables).map(([name, value]) => `${name}="${value}"\n`);
    writeFileSync(join(folder, 'env'), lines.join(''), { mode: 0o600 });
    const entry = 'test/integration/support/local-action-entry.ts';
    const { exitCode, log } = await local('.', entry, join(folder, 'env'));
    return { exitCode, log, outputs: outputsIn(log), summary: readFileSync(summary, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function local(...args: string[]): Promise<{ exitCode: number; log: string }> {
  const child = spawn(join(ROOT, 'node_modules', '.bin', 'local-action'), args, {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      log += data.toString();
    });
  return new Promise((resolve, reject) => {
    child.once('close', code => resolve({ exitCode: code ?? 1, log }));
    child.once('error', reject);
  });
}

/** local-action prints each output as the old command `set-output`. */
function outputsIn(log: string): Record<string, string> {
  const found = log.matchAll(/^::set-output name=([^:\n]+)::(.*)$/gm);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, value]));
}
