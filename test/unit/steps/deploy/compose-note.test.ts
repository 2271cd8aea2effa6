import { appendFileSync, chmodSync, copyFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Command, Host } from '../../../../src/host/host.ts';
import { lookAtCompose, noteCompose } from '../../../../src/steps/deploy/compose-note.ts';
import { thisComputer } from '../../support/local-host.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const DOWNLOAD = { sha256: 'a'.repeat(64), url: 'https://example.org/v1/docker-compose' };
const [PROGRAM, NOTE] = ['/usr/local/bin/docker-compose', '/var/lib/kafka-al2023/docker-compose'];

/** This computer, with both files in a folder of the test's own. */
function place() {
  const folder = temporaryFolder();
  const [program, note] = [join(folder, 'program'), join(folder, 'state', 'note')];
  const computer = thisComputer();
  const moved = (word: string) => (word === PROGRAM ? program : word === NOTE ? note : word);
  const run = ({ sudo: _, argv: [first, ...rest], ...command }: Command) =>
    computer.run({ ...command, argv: [first, ...rest.map(moved)] });
  const host: Host = { name: 'computer', run, dial: computer.dial, close: () => computer.close() };
  writeFileSync(program, 'ELF');
  return { host, program, note, folder };
}

// Whose the files are counts: it must be root.
describe.runIf(process.getuid?.() === 0)('the note of what was installed', () => {
  it('is there as long as the file is the same', async () => {
    const { host } = place();
    expect(await lookAtCompose(host)).toEqual({ stranger: undefined, noted: undefined });
    await noteCompose(host, DOWNLOAD);
    expect(await lookAtCompose(host)).toEqual({ stranger: undefined, noted: DOWNLOAD });
  });

  it.each<[string, (at: ReturnType<typeof place>) => void]>([
    ['a byte more', ({ program }) => appendFileSync(program, 'x')],
    [
      'other bytes, with the old time',
      ({ program }) => {
        writeFileSync(program, 'FLE');
        utimesSync(program, 0, 0);
      },
    ],
    [
      'another file in its place',
      ({ program, folder }) => {
        copyFileSync(program, join(folder, 'copy'));
        renameSync(join(folder, 'copy'), program);
      },
    ],
    ['a note that others may write', ({ note }) => chmodSync(note, 0o666)],
    ['a folder that others may write to', ({ folder }) => chmodSync(join(folder, 'state'), 0o777)],
    ['a note that is none', ({ note }) => writeFileSync(note, 'x\n')],
  ])('is gone with %s', async (_, change) => {
    const at = place();
    await noteCompose(at.host, DOWNLOAD);
    change(at);
    expect((await lookAtCompose(at.host)).noted).toBeUndefined();
  });

  it('is made anew over another one', async () => {
    const { host } = place();
    await noteCompose(host, DOWNLOAD);
    const next = { ...DOWNLOAD, url: 'https://example.org/v2/docker-compose' };
    await noteCompose(host, next);
    expect((await lookAtCompose(host)).noted).toEqual(next);
  });
});
