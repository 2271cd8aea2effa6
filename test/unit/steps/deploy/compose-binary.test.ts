import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ComposeBinary } from '../../../../src/config/deployment-inputs.ts';
import { composeBinaryStep } from '../../../../src/steps/deploy/compose-binary.ts';
import { thisComputer } from '../../support/local-host.ts';
import type { Answer, Script } from '../../support/scripted-host.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const isRoot = process.getuid?.() === 0;
const openToAll = (path: string) => {
  writeFileSync(path, '\0ELF');
  chmodSync(path, 0o777);
};
const PATH = '/usr/local/bin/docker-compose';
const RELEASES = 'https://github.com/docker/compose/releases';
const RIGHT = 'a'.repeat(64);
const WRONG = 'b'.repeat(64);
const VERSION = { stdout: 'Docker Compose version v2.40.3\n' };
const UNREACHABLE: Answer = { exitCode: 28, stderr: 'curl: (28) Connection timed out\n' };

interface Answers {
  readonly version?: Answer[];
  readonly installed?: Answer[];
  readonly downloaded?: Answer;
  readonly latest?: Answer;
  readonly published?: Answer;
  readonly download?: Answer;
  /** Whether the file itself is there. */
  readonly file?: Answer;
  /** What the look at the disk shows. */
  readonly disk?: string;
  /** What stands in the program's place, and what is noted of it. */
  readonly other?: string;
}

const sum = (value: string, path: string) => ({ stdout: `${value}  ${path}\n` });

function compose(source: Partial<ComposeBinary>, answers: Answers = {}, architecture = 'x86_64') {
  const script: Script = [
    [`${PATH} version`, ...(answers.version ?? [VERSION])],
    [`sha256sum -- ${PATH}`, ...(answers.installed ?? [sum(RIGHT, PATH)])],
    [`sha256sum -- ${PATH}.download`, answers.downloaded ?? sum(RIGHT, `${PATH}.download`)],
    [/--write-out %\{url_effective\}/, answers.latest ?? { stdout: `${RELEASES}/tag/v2.40.3` }],
    [/^curl .*\.sha256$/, answers.published ?? { stdout: `${RIGHT} *docker-compose-linux-x86_64\n` }],
    [/^sh -c .* curl .*--output/, answers.download ?? 0],
    [/--head --output \/dev\/null /, answers.file ?? 0],
    [/^sh -c \nothers\(\)/, { stdout: answers.other ?? '' }],
    [/^sh -c \nproject=/, { stdout: answers.disk ?? '' }],
    [/^(mv|chmod|rm) /, 0],
    [/^sh -c \nmkdir -p -- "\$\{2%/, 0],
  ];
  const step = composeBinaryStep({ version: 'latest', ...source }, architecture);
  const { context, host, log } = scriptedContext(script);
  const apply = async () => step.apply?.(context);
  return { host, log, check: () => step.check(context), apply };
}

describe('Docker Compose that is installed', () => {
  it('is left alone when it is the file that was published', async () => {
    const { check, host } = compose({});
    expect(await check()).toEqual({
      satisfied: true,
      detail: 'Docker Compose version v2.40.3, SHA-256 as published',
      versions: { 'Docker Compose': 'v2.40.3' },
    });
    expect(host.count(/^sudo (sh -c mkdir|mv|chmod)/)).toBe(0);
  });

  it.each<[string, Answers, RegExp]>([
    ['is not there', { version: [127], installed: [1] }, /docker-compose is not there$/],
    [
      'is another file',
      { installed: [sum(WRONG, PATH)] },
      /docker-compose is another file than https:.*docker-compose-linux-x86_64, by its SHA-256$/,
    ],
    ['does not run', { version: [126] }, /docker-compose does not run$/],
  ])('is replaced when it %s', async (_, answers, detail) => {
    const result = await compose({}, answers).check();
    expect(result.satisfied).toBe(false);
    expect(result.detail).toMatch(detail);
  });

  it.each<[string, Answers]>([
    ['the release page', { latest: UNREACHABLE }],
    ['the checksum', { published: UNREACHABLE }],
  ])('stays, with a warning, when %s cannot be reached', async (_, answers) => {
    const { check, log } = compose({}, answers);
    expect(await check()).toMatchObject({ satisfied: true, detail: expect.stringContaining('not checked') });
    expect(log.warnings).toHaveLength(1);
    expect(log.warnings[0]).toContain('curl: (28) Connection timed out');
  });

  it('is an error when there is none and the release page cannot be reached', async () => {
    const { check } = compose({}, { version: [127], installed: [1], latest: UNREACHABLE });
    const error = await actionErrorOf(check);
    expect(error).toMatchObject({
      code: 'compose-download-failed',
      details: ['curl: (28) Connection timed out'],
    });
  });
});

describe('what was noted when it was installed', () => {
  const noted = (tag: string) => ({
    other: `noted ${RIGHT} ${RELEASES}/download/${tag}/docker-compose-linux-x86_64\n`,
    installed: [1],
    published: UNREACHABLE,
  });

  it.each<[string, Partial<ComposeBinary>]>([
    ['the latest', {}],
    ['a version', { version: 'v2.40.3' }],
  ])('is neither read again nor asked for: %s', async (_, source) => {
    const { check, host, log } = compose(source, noted('v2.40.3'));
    expect(await check()).toMatchObject({ satisfied: true, detail: expect.stringContaining('as published') });
    expect(host.count(/sha256/)).toBe(0);
    expect(log.warnings).toEqual([]);
  });

  it('says nothing of another version', async () => {
    const { check } = compose({ version: 'v2.41.0' }, { ...noted('v2.40.3'), published: sum(WRONG, 'c') });
    expect(await check()).toMatchObject({
      satisfied: false,
      detail: expect.stringContaining('another file'),
    });
  });

  it('is held against a checksum that is given', async () => {
    const { check, host } = compose({ sha256: WRONG }, noted('v2.40.3'));
    expect(await check()).toMatchObject({
      satisfied: false,
      detail: expect.stringContaining('another file'),
    });
    expect(host.count(/sha256sum/)).toBe(0);
  });

  it.each<[string, Partial<ComposeBinary>, number]>([
    ['a release', {}, 1],
    ['an address', { url: 'https://mirror.example/c' }, 0],
  ])('comes from an installation of %s', async (_, source, notes) => {
    const { apply, host } = compose(source, { installed: [1] });
    await apply();
    expect(host.count(/^sudo sh -c \nmkdir .*kafka-al2023\/docker-compose .*\ba{64} https:/s)).toBe(notes);
  });
});

describe('a version that is asked for', () => {
  const MISSING: Answer = { exitCode: 22, stderr: 'curl: (22) The requested URL returned error: 404\n' };

  it('is not replaced by another one that is there, when it was never published', async () => {
    const { check, host } = compose({ version: 'v9.9.9' }, { published: MISSING, file: MISSING });
    const error = await actionErrorOf(check);
    expect(error).toMatchObject({
      code: 'compose-download-failed',
      hint: expect.stringContaining('Check compose-version'),
    });
    expect(error.message).toMatch(
      /v9\.9\.9\/docker-compose-linux-x86_64 could not.*404.*another version: .*v2\.40\.3$/,
    );
    expect(host.count(/--head .*v9\.9\.9\/docker-compose-linux-x86_64$/)).toBe(1);
  });

  it.each<[string, Partial<ComposeBinary>, boolean]>([
    ['is there', { version: 'v2.40.3' }, true],
    ['is there, by its address', { url: 'https://mirror.example/2.40.3/c' }, true],
    ['is another one, by its address', { url: 'https://mirror.example/v2.40.2/c' }, false],
    ['is not known by its address', { url: 'https://mirror.example/c' }, true],
    ['begins like the one that is there', { version: 'v2.40.30' }, false],
  ])('may stay unchecked when nothing can be reached and it %s', async (_, source, stays) => {
    const { check, log } = compose(source, { published: UNREACHABLE });
    if (stays) {
      expect(await check()).toMatchObject({ satisfied: true });
      expect(log.warnings).toHaveLength(1);
    } else expect((await actionErrorOf(check)).message).toContain('what is installed is another version');
  });
});

describe('what has not been checked', () => {
  it.each<[string, Answers]>([
    ['another file', { installed: [sum(WRONG, PATH)] }],
    ['a script', { other: 'a script (#!/bin/sh)\n' }],
    ['a link', { other: 'a link to /tmp/x\n' }],
    ['a file of another user', { other: 'a file that belongs to mallory\n' }],
    [
      'a file of another user that nothing can check',
      { other: 'a file that belongs to mallory\n', latest: UNREACHABLE },
    ],
    ['a script that nothing can check', { other: 'a script (#!/bin/sh)\n', published: UNREACHABLE }],
  ])('is not run, also to see its version: %s', async (_, answers) => {
    const { check, host } = compose({}, answers);
    const result = await check().catch((error: unknown) => error);
    expect(host.count(/docker-compose version/)).toBe(0);
    if (result instanceof Error) expect(result.message).toMatch(/what is installed is a .*, and is not run$/);
    else expect(result).toMatchObject({ satisfied: false });
  });

  it('is run only after its checksum was seen', async () => {
    const { check, host } = compose({});
    await check();
    const at = (pattern: RegExp) => host.ran.findIndex(words => pattern.test(words));
    expect(at(/^sudo sha256sum/)).toBeGreaterThanOrEqual(0);
    expect(at(/^sudo sha256sum/)).toBeLessThan(at(/docker-compose version/));
    expect(at(/\.sha256$/)).toBeLessThan(at(/docker-compose version/));
  });

  it.each<[string, (path: string) => void, RegExp]>([
    [
      'a program of this user',
      path => writeFileSync(path, '\0ELF'),
      isRoot ? /^$/ : /^a file that belongs to /,
    ],
    [
      'a program that all may write to',
      path => openToAll(path),
      isRoot ? /^a file that others may write to / : /^a file/,
    ],
    ['a script', path => writeFileSync(path, '#!/bin/sh\necho'), /^a script \(#!\/bin\/sh\)$/],
    ['a link', path => symlinkSync('/bin/true', path), /^a link to \/bin\/true$/],
    ['a folder', path => mkdirSync(path), /^a folder$/],
    ['nothing', () => {}, /^$/],
  ])('is told for what it is by a real shell: %s', async (_, make, words) => {
    const { check, host } = compose({}, {});
    await check();
    const script = host.commands.find(({ argv }) => argv[2]?.includes('others()'))?.argv[2] ?? '';
    const folder = temporaryFolder();
    make(join(folder, 'docker-compose'));
    const argv = [
      'sh',
      '-c',
      script,
      'sh',
      join(folder, 'docker-compose'),
      join(folder, 'note'),
      '%s',
    ] as const;
    expect((await thisComputer().run({ argv })).stdout.trim()).toMatch(words);
  });
});

describe('what somebody put in its place', () => {
  const installed = [sum(WRONG, PATH)];
  const other = 'a script (#!/bin/sh)\n';

  it('is told from Docker Compose', async () => {
    expect(await compose({}, { installed, other }).check()).toEqual({
      satisfied: false,
      detail: `${PATH} is a script (#!/bin/sh), not Docker Compose itself`,
    });
  });

  it('is kept, with a warning that says where', async () => {
    const { apply, log, host } = compose({}, { installed, other });
    await apply();
    expect(log.warnings).toEqual([
      `${PATH} was a script (#!/bin/sh), not Docker Compose itself: it is replaced, and kept as ${PATH}.replaced`,
    ]);
    expect(host.ran.filter(words => words.startsWith('sudo mv'))).toEqual([
      `sudo mv -T --backup=numbered ${PATH} ${PATH}.replaced`,
      `sudo mv -fT ${PATH}.download ${PATH}`,
    ]);
  });

  it('is no reason to say anything when it was a Docker Compose', async () => {
    const { apply, log } = compose({}, { installed });
    await apply();
    expect(log.warnings).toEqual([]);
  });
});

describe('the file that is wanted', () => {
  const urlOf = (host: { ran: string[] }) =>
    host.ran
      .find(command => command.includes(' --output /usr'))
      ?.split(' ')
      .at(-1);

  it.each<[string, Partial<ComposeBinary>, string, string]>([
    ['latest', {}, 'x86_64', `${RELEASES}/download/v2.40.3/docker-compose-linux-x86_64`],
    [
      'a version',
      { version: 'v2.30.0' },
      'aarch64',
      `${RELEASES}/download/v2.30.0/docker-compose-linux-aarch64`,
    ],
    ['an address', { url: 'https://mirror.example/c' }, 'x86_64', 'https://mirror.example/c'],
  ])('is found for %s', async (_, source, architecture, url) => {
    const { apply, host } = compose(source, { installed: [1] }, architecture);
    await apply();
    expect(urlOf(host)).toBe(url);
    expect(host.ran.some(command => command.endsWith(`${url}.sha256`))).toBe(true);
  });

  it('is asked for in no other way than by https: the release page, the checksum and the file', async () => {
    const missing: Answer = { exitCode: 22, stderr: 'curl: (22) 404' };
    const first = compose({}, { installed: [1] });
    await first.apply();
    const second = compose({}, { installed: [1], version: [127], published: missing, file: missing });
    await actionErrorOf(second.check);
    const asked = [...first.host.ran, ...second.host.ran].filter(words => words.includes('curl '));
    expect(asked).toHaveLength(6);
    for (const words of asked) expect(words).toContain(' --proto =https --proto-redir =https ');
  });

  it('is resolved once: check and apply use the same release', async () => {
    const { check, apply, host } = compose({}, { installed: [1] });
    await check();
    await apply();
    await check();
    expect(host.count(/url_effective/)).toBe(1);
    expect(host.count(/\.sha256$/)).toBe(1);
  });

  it('needs no published checksum when one is given', async () => {
    const { apply, check, host } = compose(
      { version: 'v2.30.0', sha256: RIGHT },
      { installed: [1, 1, sum(RIGHT, PATH)] },
    );
    await check();
    await apply();
    expect(host.ran.some(command => command.endsWith('.sha256'))).toBe(false);
  });

  it.each<[string, Answers, RegExp]>([
    ['leads nowhere', { latest: { stdout: `${RELEASES}` } }, /which names no version/],
    ['has no checksum', { published: { stdout: '<html>' } }, /holds no SHA-256 checksum/],
    [
      'has no checksum beside it',
      { published: { exitCode: 22, stderr: 'curl: (22) 404' } },
      /\.sha256 could not be downloaded/,
    ],
    [
      "is refused for its certificate, with curl's advice after the reason",
      {
        latest: {
          exitCode: 60,
          stderr:
            'curl: (60) SSL certificate problem: certificate has expired\nMore details here: https://curl.se/docs/sslcerts.html\n\nHow to fix it: visit the page above.\n',
        },
      },
      /could not be downloaded: curl: \(60\) SSL certificate problem: certificate has expired$/,
    ],
  ])('is not to be had when it %s', async (_, answers, words) => {
    const error = await actionErrorOf(compose({}, { ...answers, version: [127], installed: [1] }).check);
    expect(error.code).toBe('compose-download-failed');
    expect(error.message).toMatch(words);
  });

  it('is refused without a published checksum, with the input that helps', async () => {
    const answers = { published: { exitCode: 22, stderr: '404' }, version: [127], installed: [1] };
    expect((await actionErrorOf(compose({ url: 'https://mirror.example/c' }, answers).check)).hint).toContain(
      'compose-sha256',
    );
  });
});

describe('the installation', () => {
  it('downloads beside the place, checks, and only then moves the file there', async () => {
    const { apply, host } = compose({}, { installed: [1] });
    await apply();
    const steps = host.ran.filter(command => /^sudo (sh -c mkdir|mv|chmod|rm)|download$/.test(command));
    expect(steps.map(command => command.replace(/sh -c .* curl .*--output/, 'curl … --output'))).toEqual([
      `sudo curl … --output ${PATH}.download ${RELEASES}/download/v2.40.3/docker-compose-linux-x86_64`,
      `sudo sha256sum -- ${PATH}.download`,
      `sudo mv -fT ${PATH}.download ${PATH}`,
      `sudo chmod 755 ${PATH}`,
      `sudo rm -f ${PATH}.download`,
    ]);
  });

  it('does not download a file that is only not executable', async () => {
    const { apply, host } = compose({});
    await apply();
    expect(host.count(/^sudo sh -c mkdir/)).toBe(0);
    expect(host.count(/^sudo chmod 755/)).toBe(1);
  });

  it('deletes a file with a wrong checksum, and leaves the old one', async () => {
    const { apply, host } = compose(
      {},
      { installed: [sum(WRONG, PATH)], downloaded: sum(WRONG, `${PATH}.download`) },
    );
    const error = await actionErrorOf(apply);
    expect(error.code).toBe('compose-checksum-mismatch');
    expect(error.message).toContain(WRONG);
    expect(error.message).toContain(RIGHT);
    expect(host.ran.at(-1)).toBe(`sudo rm -f ${PATH}.download`);
    expect(host.count(/ mv /)).toBe(0);
  });

  it('finds the disk full before it removes what came', async () => {
    const { apply, host } = compose(
      {},
      {
        installed: [1],
        download: { exitCode: 23, stderr: 'curl: (23) Failure writing output to destination\n' },
        disk: '/usr/local/bin\t\t64\t0\t9\t9\trw\t/usr/local/bin\n',
      },
    );
    expect((await actionErrorOf(apply)).code).toBe('disk-full');
    const looked = host.ran.findIndex(words => words.startsWith('sudo sh -c \nproject='));
    expect(looked).toBeGreaterThan(0);
    expect(looked).toBeLessThan(host.ran.findIndex(words => words.startsWith('sudo rm')));
  });

  it('says why it cannot download, and leaves nothing', async () => {
    const { apply, host } = compose(
      {},
      { installed: [1], download: { exitCode: 18, stderr: 'curl: (18) transfer closed\n' } },
    );
    const error = await actionErrorOf(apply);
    expect(error).toMatchObject({ code: 'compose-download-failed', details: ['curl: (18) transfer closed'] });
    expect(host.ran.at(-1)).toBe(`sudo rm -f ${PATH}.download`);
  });

  it('says that a file for another processor does not run', async () => {
    const version: Answer = { exitCode: 126, stderr: 'cannot execute binary file: Exec format error\n' };
    const error = await actionErrorOf(compose({}, { installed: [1], version: [version] }).apply);
    expect(error).toMatchObject({ code: 'compose-not-working' });
    expect(error.details.join()).toContain('Exec format error');
  });
});
