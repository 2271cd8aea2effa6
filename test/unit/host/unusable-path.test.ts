import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { foldersTo, mustRunIn, type Place } from '../../../src/host/unusable-path.ts';
import { thisComputer } from '../support/local-host.ts';
import { ScriptedHost } from '../support/scripted-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const FAILING = { argv: ['sh', '-c', 'echo why >&2; exit 1'] as const };
const isRoot = process.getuid?.() === 0;

describe('a place that cannot be used', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'closed'));
  chmodSync(join(folder, 'closed'), 0o500);
  writeFileSync(join(folder, 'file'), '');
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
  const place = (name: string, use: Place['use']): Place[] => [
    { path: folder, use: 'folder' },
    { path: join(folder, name), use },
  ];

  it.each<[string, Place[], RegExp]>([
    [
      'a file where a folder is needed',
      place('file', 'folder'),
      /file is in the way: it is a regular( empty)? file/,
    ],
    [
      'a folder where a file is needed',
      place('closed', 'replace'),
      /closed is in the way: it is a directory/,
    ],
    [
      'a link that leads nowhere',
      place('dangling', 'folder'),
      /dangling is in the way: it is a symbolic link/,
    ],
    [
      'a home that is not there',
      [{ path: join(folder, 'home'), use: 'folder' }],
      /home folder .* is not there/,
    ],
  ])('is named: %s', async (_, places, message) => {
    const error = await actionErrorOf(() => mustRunIn(thisComputer(), places, FAILING));
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ code: 'folder-unusable', details: ['why'] });
  });

  it.skipIf(isRoot)('is named when it is closed to its owner', async () => {
    const places = [
      ...place('closed', 'folder'),
      { path: join(folder, 'closed/new'), use: 'replace' } as const,
    ];
    const error = await actionErrorOf(() => mustRunIn(thisComputer(), places, FAILING));
    expect(error.message).toMatch(/closed has mode 500/);
    expect(error.hint).toMatch(/^On the machine: chmod u\+rwx \//);
  });

  const told = (...lines: string[]) =>
    new ScriptedHost([
      [/exit 1/, 1],
      [/findmnt/, { stdout: [...lines, 'user=ec2-user', ''].join('\n') }],
    ]);
  const STATE = '/home/ec2-user/.kafka-al2023';

  it.each([
    [
      'belongs to root',
      told('fault=closed', `path=${STATE}/lock`, 'owner=root', 'mode=700'),
      `the folder ${STATE}/lock belongs to "root" (mode 700), and user "ec2-user" cannot use it`,
      `On the machine: sudo chown -R ec2-user: ${STATE}`,
    ],
    [
      'is on a file system that is read-only',
      told('fault=read-only', 'path=/home/ec2-user', 'owner=ec2-user', 'mount=/home'),
      '/home/ec2-user is on a file system that is mounted read-only (/home)',
      'sudo mount -o remount,rw /home.',
    ],
    [
      'is immutable',
      told('fault=immutable', `path=${STATE}`),
      `${STATE} is protected from every change (attribute i)`,
      `sudo chattr -i ${STATE}`,
    ],
  ])('that %s is told with its owner and what to do', async (_, host, message, hint) => {
    const error = await actionErrorOf(() => mustRunIn(host, [], { argv: ['exit', '1'] }));
    expect(error.message).toBe(message);
    expect(error.hint).toContain(hint);
  });

  it('is not made responsible for another failure', async () => {
    const error = await actionErrorOf(() => mustRunIn(thisComputer(), place('file', 'write'), FAILING));
    expect(error).toMatchObject({ code: 'command-failed', details: ['why'] });
  });
});

it('the folders to a path are all above it', () => {
  expect(foldersTo('/home/u/f').map(({ path }) => path)).toEqual(['/home', '/home/u']);
  expect(foldersTo('/home/u/d/').map(({ path }) => path)).toEqual(['/home', '/home/u', '/home/u/d']);
});
