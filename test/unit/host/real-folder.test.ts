import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAKE_AND_ENTER } from '../../../src/host/real-folder.ts';

const run = promisify(execFile);

describe('a folder is made and entered', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'real-folder-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const enter = (path: string, env = process.env) =>
    run('sh', ['-c', `${MAKE_AND_ENTER}\nenter "$1" "$2" && pwd -P`, 'sh', home, path], { env });

  test('also when another run makes it at the same moment', async () => {
    // Stands before the real one and makes the folder first, as a run does that is a little faster.
    const tools = await mkdtemp(join(home, 'tools-'));
    const slowMkdir = join(tools, 'mkdir');
    await writeFile(
      slowMkdir,
      '#!/bin/sh\nPATH=/usr/bin:/bin\nfor last; do :; done\nmkdir "$last"\nmkdir "$@"\n',
    );
    await chmod(slowMkdir, 0o755);

    const { stdout, stderr } = await enter(`${home}/state/lock`, {
      ...process.env,
      PATH: `${tools}:${process.env.PATH}`,
    });

    expect(stdout.trim()).toMatch(/\/state\/lock$/);
    expect(stderr).toBe('');
  });

  test('and nothing is made through a link that leads nowhere', async () => {
    await symlink(join(home, 'elsewhere'), join(home, 'state'));

    await expect(enter(`${home}/state/lock`)).rejects.toMatchObject({
      code: 65,
      stdout: `link=${home}/state\n`,
    });
    expect(await readdir(home)).toEqual(['state']);
  });
});
