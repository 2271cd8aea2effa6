import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import { diskTrouble, enginePlaces } from '../../../../src/machine/troubles/full-disk.ts';
import { withoutRoot } from '../../support/local-host.ts';
import { type Answer, ScriptedHost } from '../../support/scripted-host.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Seen {
  readonly path?: string;
  readonly usedBy?: string;
  readonly sizeKiB?: number | '-';
  readonly freeKiB?: number | '-';
  readonly inodes?: number | '-';
  readonly freeInodes?: number | '-';
  readonly options?: string;
  readonly mount?: string;
}

const line = (seen: Seen = {}) => {
  const { path = '/usr/local/bin', usedBy = '', sizeKiB = 8_000_000, freeKiB = 4_000_000 } = seen;
  const { inodes = 500_000, freeInodes = 400_000, options = 'rw,noatime', mount = '/' } = seen;
  return [path, usedBy, sizeKiB, freeKiB, inodes, freeInodes, options, mount].join('\t');
};

const failure = (
  message: string,
  details: readonly string[] = [],
  code: ActionError['code'] = 'command-failed',
) => new ActionError(code, message, { details });

const trouble = (error: ActionError, ...seen: Seen[]) =>
  diskTrouble(
    new ScriptedHost([[/^sh -c /, { stdout: seen.map(each => `${line(each)}\n`).join('') }]]),
    error,
    { paths: ['/usr/local/bin'] },
  );

describe('a step that failed', () => {
  it.each<[string, Seen, string, RegExp]>([
    [
      'has no space',
      { freeKiB: 0, sizeKiB: 64 },
      'disk-full',
      /for \/usr\/local\/bin on the disk of \/: 0 KiB of 64 KiB/,
    ],
    ['has no inode', { freeInodes: 0, inodes: 128 }, 'disk-full', /0 of 128 inodes are free/],
    [
      'is read-only',
      { options: 'ro,noatime' },
      'disk-read-only',
      /\/usr\/local\/bin on the disk of \/: its file system is read-only/,
    ],
  ])('failed because its place %s, whatever it said', async (_, seen, code, words) => {
    const error = failure('curl: (23) Failure writing output to destination');
    const found = await trouble(error, {}, seen);
    expect(found).toMatchObject({ code, cause: error });
    expect(found?.message).toMatch(words);
    expect(found?.message).toContain('so this failed: curl: (23)');
  });

  it.each([
    'write /var/lib/docker/tmp/x: no space left on device',
    'OSError: [Errno 28] No space left on device',
    'OSError: [Errno 122] Disk quota exceeded',
    'At least 250MB more space needed on the / filesystem.',
  ])('says itself that the disk was full, although what it wrote is gone again: %s', async text => {
    const found = await trouble(
      failure('it failed', [text]),
      { freeKiB: 900_000 },
      { freeKiB: 50_000, mount: '/data' },
    );
    expect(found).toMatchObject({
      code: 'disk-full',
      hint: expect.stringContaining('sudo du -xm /data | sort -n'),
    });
  });

  it('may say so in what caused its error', async () => {
    const error = new ActionError('python-setup-failed', 'pip', {
      cause: new Error('No space left on device'),
    });
    expect(await trouble(error, { freeKiB: 100 })).toMatchObject({ code: 'disk-full' });
  });

  it('has another cause when its places have room', async () => {
    expect(await trouble(failure('it failed'), {})).toBeUndefined();
  });

  it.each<[string, Answer]>([
    ['cannot be asked', { throws: new Error('broken') }],
    ['may not be looked at', 1],
  ])('keeps its own error when the machine %s', async (_, answer) => {
    const host = new ScriptedHost([[/./, answer]]);
    expect(await diskTrouble(host, failure('No space left on device'), { paths: ['/'] })).toBeUndefined();
  });

  it.each<[string, Seen]>([
    ['the kernel made', { sizeKiB: 0, freeKiB: 0 }],
    ['makes its inodes as it needs them', { inodes: 0, freeInodes: 0 }],
    ['has no inodes to count', { inodes: '-', freeInodes: '-' }],
    ['has no size', { sizeKiB: '-', freeKiB: '-' }],
  ])('is not blamed on a file system that %s', async (_, seen) => {
    expect(await trouble(failure('it failed'), seen)).toBeUndefined();
  });
});

describe('what a container says of a full disk', () => {
  const said = failure('not up', ['java.io.IOException: No space left on device'], 'container-failed');

  it('may be long over', async () => {
    expect(await trouble(said, { freeKiB: 900_000 })).toBeUndefined();
  });

  it('counts when a broker could not make its files there', async () => {
    const found = await trouble(
      said,
      {},
      { path: '/v/_data', usedBy: 'kafka-1', mount: '/v/_data', freeKiB: 9_000 },
    );
    expect(found?.message).toContain('no space is left for /v/_data of container kafka-1: 9000 KiB');
  });
});

describe('the look at a machine', () => {
  it('sees this computer, also for a folder that is still to be made', async () => {
    const host = withoutRoot();
    const path = `${temporaryFolder()}/not/there`;
    const error = failure(`${path}: No space left on device`);
    expect(await diskTrouble(host, error, { ...enginePlaces('none'), paths: [path] })).toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining(`no space is left for ${path} on the disk of /`),
    });
    expect(await diskTrouble(host, failure('it failed'), { paths: [path] })).toBeUndefined();
  });
});
