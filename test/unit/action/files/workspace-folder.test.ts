import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileRefusal } from '../../../../src/action/files/regular-file.ts';
import { WorkspaceFolder } from '../../../../src/action/files/workspace-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const TRIES = 20_000;

/** Puts a link in the place of a folder, and the folder back, as fast as it can. */
const SWAP = `
  const { renameSync } = require('node:fs');
  console.log('ready');
  for (;;) {
    renameSync('part', 'kept'); renameSync('link', 'part');
    renameSync('part', 'link'); renameSync('kept', 'part');
  }`;

async function swapping(): Promise<{ folder: string; away: string }> {
  const [folder, away] = [temporaryFolder(), temporaryFolder()];
  for (const root of [join(folder, 'part'), away]) mkdirSync(join(root, 'sub'), { recursive: true });
  writeFileSync(join(folder, 'part/sub/file'), 'of the workspace');
  writeFileSync(join(away, 'sub/file'), 'secret');
  symlinkSync(away, join(folder, 'link'));
  const child = spawn(process.execPath, ['-e', SWAP], { cwd: folder });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await once(child, 'close');
  });
  await once(child.stdout, 'data');
  return { folder, away };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof FileRefusal) return undefined;
    throw error;
  }
}

describe('a folder that becomes a link while it is looked at', () => {
  it('never gives a file from elsewhere', async () => {
    const { folder } = await swapping();
    const workspace = new WorkspaceFolder(folder);
    const read = new Set<string | undefined>();
    for (let count = 0; count < TRIES; count++) read.add(attempt(() => workspace.read('part/sub/file', 100)));
    expect(read).toEqual(new Set(['of the workspace', undefined]));
  });

  it('never takes a text elsewhere', async () => {
    const { folder, away } = await swapping();
    const workspace = new WorkspaceFolder(folder);
    for (let count = 0; count < TRIES; count++)
      attempt(() => workspace.replace('part/sub/file', 'of the workspace'));
    expect(readFileSync(join(away, 'sub/file'), 'utf8')).toBe('secret');
  });
});
