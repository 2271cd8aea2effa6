import { spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readRegularFile } from '../../../../src/action/files/regular-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const read = (path: string) => readRegularFile(path, { maxBytes: 100 });

beforeAll(() => {
  writeFileSync(at('key'), 'é'.repeat(50));
  writeFileSync(at('larger'), 'x'.repeat(101));
  symlinkSync('key', at('link'));
  symlinkSync('ring', at('ring'));
  spawnSync('mkfifo', [at('fifo')]);
});

describe('a file of which nothing is known', () => {
  it('is read up to the limit, through a link too', () => {
    expect([read(at('key')), read(at('link'))]).toEqual(['é'.repeat(50), 'é'.repeat(50)]);
  });

  it.each([
    [at('none'), 'is not there'],
    [at('key/below'), 'is not there'],
    [at('ring'), /is a symbolic link/],
    [at('fifo'), 'is a FIFO, not a regular file'],
    ['/dev/zero', 'is a device, not a regular file'],
    ['/dev/tty', 'is a device, not a regular file'],
    [folder, 'is a directory, not a regular file'],
    [at('larger'), 'has 101 bytes, and only 100 are read'],
    ['/proc/self/maps', 'has more bytes, and only 100 are read'],
  ])('is refused: %s', (path, reason) => {
    expect(() => read(path)).toThrow(reason);
  });
});
