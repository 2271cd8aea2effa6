import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../test/integration/support/lab.ts';
import type { Figures } from './row.ts';

/** The last build of the action before its speed was looked at. */
const COMMIT = 'dcc5f0b';

const run = promisify(execFile);

/**
 * The earlier build, taken out of the history into a folder of its own.
 * @returns the folder, which the caller removes
 * @throws Error when the clone has no such history
 */
export async function unpackEarlier(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'bench-earlier-'));
  const archive = join(root, 'build.tar');
  await run('git', ['archive', '--output', archive, COMMIT], { cwd: ROOT }).catch(error => {
    throw new Error(`the history lacks ${COMMIT}, try "git fetch --unshallow": ${error.message}`);
  });
  await run('tar', ['--extract', '--file', archive, '--directory', root]);
  return root;
}

/** Name under which a figure of the earlier build stands beside the same one of this build. */
export const earlierName = (figure: string) => `earlier:${figure}`;

/** Figures of the earlier build, under their names. */
export const asEarlier = (figures: Figures): Figures =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [earlierName(name), value]));
