import { homedir, userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { inspectMachine, type Machine, machineStep } from '../../../src/steps/machine.ts';
import { thisComputer } from '../support/local-host.ts';
import { ScriptedHost } from '../support/scripted-host.ts';
import { scriptedContext } from '../support/step-context.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

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
    ['one without sudo', FACTS.replace('sudo=yes', 'sudo='), { hasSudo: false }],
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

describe('a machine that does not fit', () => {
  it.each<[Partial<Machine>, string, RegExp]>([
    [
      { isAmazonLinux2023: false, system: 'Debian 12' },
      'not-amazon-linux-2023',
      /runs Debian 12, not Amazon Linux 2023/,
    ],
    [{ architecture: 'riscv64' }, 'architecture-unsupported', /riscv64/],
    [{ hasSudo: false }, 'no-sudo', /user "ec2-user" cannot run sudo without a password/],
    [{ freeDiskMiB: 5_119 }, 'disk-too-small', /5119 MiB of disk are free, 5120 MiB are needed/],
    [
      { freeDiskMiB: 1_023, hasDocker: true },
      'disk-too-small',
      /1023 MiB of disk are free, 1024 MiB are needed/,
    ],
    [{ memoryMiB: 3_071 }, 'memory-too-small', /3071 MiB of memory, 3072 MiB are needed/],
  ])('%j is refused', async (part, code, words) => {
    const { context } = scriptedContext([]);
    const error = await actionErrorOf(() => machineStep({ ...GOOD, ...part }).check(context));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
  });
});

describe('a machine that fits', () => {
  it.each<Partial<Machine>>([
    {},
    { architecture: 'aarch64' },
    { freeDiskMiB: 5_120 },
    { freeDiskMiB: 1_024, hasDocker: true },
    { memoryMiB: 3_072 },
  ])('%j is taken, and its facts are in the log', async part => {
    const { context, log } = scriptedContext([]);
    const machine = { ...GOOD, ...part };
    expect(await machineStep(machine).check(context)).toMatchObject({ satisfied: true });
    expect(log.text).toContain('Amazon Linux 2023.9');
    expect(log.text).toContain(`${(machine.memoryMiB / 1024).toFixed(1)} GiB`);
  });

  it('cannot be made from one that does not', () => {
    expect(machineStep(GOOD).apply).toBeUndefined();
  });
});
