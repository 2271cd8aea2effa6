import { homedir, userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { inspectMachine, type Machine } from '../../../src/machine/facts.ts';
import { thisComputer } from '../support/local-host.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

const GOOD: Machine = {
  system: 'Amazon Linux 2023.9',
  isAmazonLinux2023: true,
  architecture: 'x86_64',
  user: 'ec2-user',
  home: '/home/ec2-user',
  hasSudo: true,
  memoryMiB: 3_900,
  freeDiskMiB: 20_000,
  hasDocker: false,
  hasProxy: false,
};

describe('what a machine says of itself', () => {
  const FACTS = [
    ...[
      'id=amzn 2023',
      'system=Amazon Linux 2023.9',
      'architecture=aarch64',
      'user=ec2-user',
      'home=/home/ec2-user',
    ],
    ...['sudo=yes', 'memory=3900', 'disk=20000', 'docker=', ''],
  ].join('\n');

  it.each<[string, string, Partial<Machine>]>([
    ['an Amazon Linux 2023', FACTS, { ...GOOD, architecture: 'aarch64' }],
    ['an Amazon Linux 2', FACTS.replace('amzn 2023', 'amzn 2'), { isAmazonLinux2023: false }],
    ['a Fedora', FACTS.replace('amzn 2023', 'fedora 41'), { isAmazonLinux2023: false }],
    [
      'a machine without os-release',
      'id= \nsystem=\n',
      { isAmazonLinux2023: false, system: 'an unknown system' },
    ],
    [
      'one without sudo',
      FACTS.replace('sudo=yes', 'says=a lecture\tsudo: a password is required\t'),
      { hasSudo: false, sudoSays: 'a lecture\nsudo: a password is required' },
    ],
    ['one with Docker', FACTS.replace('docker=', 'docker=yes'), { hasDocker: true }],
    ['one with = in its name', FACTS.replace('2023.9', 'a=b'), { system: 'Amazon Linux a=b' }],
  ])('is understood: %s', async (_, stdout, expected) => {
    expect(await inspectMachine(new ScriptedHost([[/^sh -c/, { stdout }]]))).toMatchObject(expected);
  });

  it('is asked in a script that a real shell understands', async () => {
    const machine = await inspectMachine(thisComputer());
    expect(machine).toMatchObject({ user: userInfo().username, home: homedir(), isAmazonLinux2023: false });
    expect(machine.architecture).toMatch(/^(x86_64|aarch64)$/);
    expect(machine.memoryMiB).toBeGreaterThan(100);
    expect(machine.freeDiskMiB).toBeGreaterThan(0);
  });
});
