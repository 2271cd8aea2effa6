import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTextFile, findTextFiles, writeTextFile } from '../../../src/host/files.ts';
import type { Command, Host } from '../../../src/host/host.ts';
import { mustRun } from '../../../src/host/must-run.ts';
import { thisComputer } from '../support/local-host.ts';
import { ScriptedHost } from '../support/scripted-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const folder = temporaryFolder();
const host = thisComputer();

describe('a text file on the machine', () => {
  it.each([
    ['empty', ''],
    ['without a newline at its end', 'one line'],
    ['with characters of several bytes', 'grün 漢字 🐳\n'],
    ['with all that a shell reads', '$HOME `id` \\ \' " \n EOF \n %s\n'],
    ['with CRLF', 'one\r\ntwo\r\n'],
    ['of two megabytes', 'ü23456789\n'.repeat(200_000)],
  ])('%s is read as it was written', async (name, text) => {
    const path = join(folder, `${name} file's name`);
    await writeTextFile(host, path, text);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect((await findTextFile(host, path)).text).toBe(text);
  });

  it('takes the place of the old one, with its mode, and leaves nothing else', async () => {
    const own = join(folder, 'own');
    mkdirSync(own);
    const path = join(own, 'file');
    writeFileSync(path, 'old');
    chmodSync(path, 0o777);
    const before = statSync(path).ino;
    await writeTextFile(host, path, 'new', '0600');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(path).ino).not.toBe(before);
    expect(readdirSync(own)).toEqual(['file']);
  });

  it('is readable by all when nothing else is said', async () => {
    await writeTextFile(host, join(folder, 'plain'), 'x');
    expect(statSync(join(folder, 'plain')).mode & 0o777).toBe(0o644);
  });

  it('keeps its old text when the new one arrives only in part', async () => {
    const own = join(folder, 'cut');
    mkdirSync(own);
    const path = join(own, 'file');
    writeFileSync(path, 'old');
    const cutting: Host = {
      ...host,
      run: (command: Command) => host.run({ ...command, stdin: 'ne' }),
    } as Host;
    const error = await actionErrorOf(() => writeTextFile(cutting, path, 'new'));
    expect(error).toMatchObject({
      code: 'shell-unusable',
      message: `${path} did not arrive whole: of 3 bytes the machine got 2`,
    });
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(own)).toEqual(['file']);
  });

  it('that is not there has no text', async () => {
    const path = join(folder, 'nowhere');
    expect(await findTextFile(host, path)).toEqual({ missing: `${path} is not there` });
  });

  it('brings the directory that it is in', async () => {
    await writeTextFile(host, join(folder, 'not/there/yet'), 'x');
    expect((await findTextFile(host, join(folder, 'not/there/yet'))).text).toBe('x');
  });

  it('that cannot be read says so', async () => {
    const refusing = new ScriptedHost([
      [/^dd /, { exitCode: 1, stderr: "dd: failed to open '/home/u/f': Permission denied\n" }],
    ]);
    expect(await findTextFile(refusing, '/home/u/f')).toEqual({
      missing: '/home/u/f cannot be read: Permission denied',
    });
    expect((await findTextFile(host, folder)).missing).toMatch(/cannot be read: Is a directory$/);
  });

  it.each([
    [
      'a file where a folder is needed',
      'in-the-way',
      'in-the-way/file',
      'it is a regular file, and a folder is needed',
    ],
    [
      'a folder where the file is needed',
      'folder/in-it',
      'folder',
      'it is a directory, and a file is needed',
    ],
  ])('cannot be written with %s in the way', async (_, first, second, message) => {
    await writeTextFile(host, join(folder, first), 'x');
    const error = await actionErrorOf(() => writeTextFile(host, join(folder, second), 'x'));
    expect(error).toMatchObject({ code: 'folder-unusable', hint: expect.stringMatching(/sudo mv /) });
    expect(error.message).toContain(message);
  });
});

describe('several text files on the machine', () => {
  it('are read by one command, each as it would be alone', async () => {
    const texts = [
      '',
      'no newline at the end',
      'said nothing\nsaid grün 漢字 🐳\n',
      'ü23456789\n'.repeat(20_000),
    ];
    const whole = texts.map((_, index) => join(folder, `several ${index}'s`));
    for (const [index, text] of texts.entries()) writeFileSync(whole[index] ?? '', text);
    symlinkSync(whole[1] ?? '', join(folder, 'several-link'));
    const others = [join(folder, 'several-nowhere'), join(folder, 'several-link'), folder];
    const paths = [...others, ...whole, ...others];
    const each = await Promise.all(paths.map(path => findTextFile(host, path)));
    expect(await findTextFiles(host, paths, 1_000_000)).toEqual(each);
    expect(each.slice(3, 7).map(({ text }) => text)).toEqual(texts);
  });

  it('are read as far as they are wanted', async () => {
    const path = join(folder, 'several-long');
    writeFileSync(path, '0123456789');
    expect(await findTextFiles(host, [path, path], 4)).toEqual([
      { text: '0123', missing: '' },
      { text: '0123', missing: '' },
    ]);
  });

  it('are none without a path', async () => {
    expect(await findTextFiles(host, [], 1)).toEqual([]);
  });
});

describe('a command that must succeed', () => {
  it('gives its result', async () => {
    expect((await mustRun(host, { argv: ['echo', 'fine'] })).stdout).toBe('fine\n');
  });

  it('names itself, its exit code and its last lines when it does not', async () => {
    const script = 'seq 30; echo why >&2; exit 3';
    const error = await actionErrorOf(() => mustRun(host, { argv: ['sh', '-c', script] }));
    expect(error).toMatchObject({
      code: 'command-failed',
      message: expect.stringMatching(/`sh -c .*exit code 3$/),
    });
    expect(error.details).toHaveLength(20);
    expect(error.details.at(-1)).toBe('why');
  });
});
