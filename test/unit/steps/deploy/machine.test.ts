import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../../src/machine/facts.ts';
import { machineStep } from '../../../../src/steps/deploy/machine.ts';
import type { Answer } from '../../support/scripted-host.ts';
import { readStack } from '../../support/stacks.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

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

/** Two images; 712 and 456 MiB. */
const STACK = readStack(
  JSON.stringify({
    services: {
      broker: { image: 'b:1', environment: { KAFKA_HEAP_OPTS: '-Xmx512m' } },
      registry: { image: 'r:1', environment: { SCHEMA_REGISTRY_HEAP_OPTS: '-Xmx256m' } },
    },
  }),
);
const missing = (...images: string[]): Answer => ({
  exitCode: images.length > 0 ? 1 : 0,
  stdout: '[]\n',
  stderr: images.map(image => `Error: No such image: ${image}\n`).join(''),
});

describe('a machine that does not fit', () => {
  it.each<[Partial<Machine>, string, RegExp]>([
    [
      { isAmazonLinux2023: false, system: 'Debian 12' },
      'not-amazon-linux-2023',
      /runs Debian 12, not Amazon Linux 2023/,
    ],
    [{ architecture: 'riscv64' }, 'architecture-unsupported', /riscv64/],
    [
      { hasSudo: false, sudoSays: 'sudo: a password is required' },
      'no-sudo',
      /sudo does not let user "ec2-user" become root: sudo: a password is required/,
    ],
    [
      { freeDiskMiB: 4_095 },
      'disk-too-small',
      /^4095 MiB of disk are free, 4096 MiB are needed, 2048 of them for images to pull$/,
    ],
    [
      { memoryMiB: 1_167 },
      'memory-too-small',
      /^the machine has 1167 MiB of memory, 1168 MiB are needed: broker 712, registry 456$/,
    ],
  ])('%j is refused', async (part, code, words) => {
    const { context, host } = scriptedContext([]);
    const error = await actionErrorOf(() => machineStep({ ...GOOD, ...part }, STACK).check(context));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(host.ran).toEqual([]);
  });

  it.each<[number, Answer, string]>([
    [1_023, missing(), '1024 MiB are needed'],
    [2_047, missing('r:1'), '2048 MiB are needed, 1024 of them for images to pull'],
    [3_071, missing('b:1', 'r:1'), '3072 MiB are needed, 2048 of them for images to pull'],
    [1_023, { exitCode: 1, stderr: 'Cannot connect to the Docker daemon at' }, '1024 MiB are needed'],
  ])(
    'with Docker and %i MiB free is refused for the images that are not there: %j',
    async (freeDiskMiB, answer, words) => {
      const check = (free: number) => {
        const { context } = scriptedContext([[/^docker image inspect b:1 r:1$/, answer]]);
        return machineStep({ ...GOOD, hasDocker: true, freeDiskMiB: free }, STACK).check(context);
      };
      const error = await actionErrorOf(() => check(freeDiskMiB));
      expect(error.code).toBe('disk-too-small');
      expect(error.message).toBe(`${freeDiskMiB} MiB of disk are free, ${words}`);
      expect(await check(freeDiskMiB + 1)).toMatchObject({ satisfied: true });
    },
  );

  it('with room for all images is not asked which of them are there', async () => {
    const { context, host } = scriptedContext([]);
    const machine = { ...GOOD, hasDocker: true, freeDiskMiB: 3_072 };
    expect(await machineStep(machine, STACK).check(context)).toMatchObject({ satisfied: true });
    expect(host.ran).toEqual([]);
  });

  it.each([
    ['zookeeper', 3_048],
    ['kraft', 2_592],
    ['kraft-single', 976],
  ])('is told what the stack %s needs, whatever the other one does', async (name, mib) => {
    const stack = readStack(readFileSync(`stacks/${name}/docker-compose.yml`, 'utf8'));
    const { context } = scriptedContext([]);
    const error = await actionErrorOf(() => machineStep({ ...GOOD, memoryMiB: 900 }, stack).check(context));
    expect(error.message).toContain(`${mib} MiB are needed: `);
    expect(/zookeeper/i.test(error.message + error.hint)).toBe(name === 'zookeeper');
  });
});

describe('a machine that fits', () => {
  it.each<Partial<Machine>>([{}, { architecture: 'aarch64' }, { freeDiskMiB: 4_096 }, { memoryMiB: 1_168 }])(
    '%j is taken, and its facts are in the log',
    async part => {
      const { context, log } = scriptedContext([]);
      const machine = { ...GOOD, ...part };
      expect(await machineStep(machine, STACK).check(context)).toMatchObject({ satisfied: true });
      expect(log.text).toContain('Amazon Linux 2023.9');
      expect(log.text).toContain(`${(machine.memoryMiB / 1024).toFixed(1)} GiB`);
    },
  );

  it('cannot be made from one that does not', () => {
    expect(machineStep(GOOD, STACK).apply).toBeUndefined();
  });
});
