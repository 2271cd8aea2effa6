import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './lab.ts';

/** Runs a program on this computer, as a later step of a job would. @returns its standard output */
export function onRunner(input: string, file: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'pipe', timeout: 60_000 });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', chunk => {
      output.stdout += chunk;
    });
    child.stderr.on('data', chunk => {
      output.stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', code => {
      if (code === 0) resolve(output.stdout.trim());
      else reject(new Error(`${file} ended with exit code ${code}: ${output.stdout}${output.stderr}`));
    });
    child.stdin.end(input);
  });
}

/** One of Kafka's own command line tools, on this computer. */
export const kafkaTool = (input: string, ...args: string[]) =>
  onRunner(input, join(ROOT, 'lab', 'lab'), 'tool', ...args);

/** Python with kafka-python, in a folder of its own. */
export async function installPython(): Promise<{ python: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'kafka-python-'));
  const run = promisify(execFile);
  const python = join(folder, 'bin', 'python');
  await run('python3', ['-m', 'venv', folder]);
  const requirements = join(ROOT, 'client', 'requirements.txt');
  await run(python, ['-m', 'pip', 'install', '--quiet', '--require-hashes', '-r', requirements]);
  return { python, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A kcat that reads a topic until it is ended. */
export function followTopic(brokers: string, topic: string): { seen(): Set<string>; stop(): void } {
  const child = spawn('kcat', ['-C', '-u', '-q', '-b', brokers, '-t', topic, '-o', 'beginning'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.on('data', chunk => {
    text += chunk;
  });
  return { seen: () => new Set(text.split('\n').slice(0, -1)), stop: () => void child.kill() };
}
