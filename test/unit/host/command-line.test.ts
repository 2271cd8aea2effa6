import { describe, expect, it } from 'vitest';
import { limitOf, describe as nameOf, refuseTimeout } from '../../../src/host/command-line.ts';
import type { Command } from '../../../src/host/host.ts';
import { InstantClock } from '../support/clocks.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

describe('the time limit of a command', () => {
  it.each<[string, number | undefined, number, number]>([
    ['its own', 3_000, 100_000, 3_000],
    ['the general one', undefined, 100_000, 60_000],
    ['what is left of the run', undefined, 20_000, 10_000],
    ['what is left of the run, if less than its own', 15_000, 20_000, 10_000],
    ['one second at least', undefined, 5_000, 1_000],
  ])('is %s', (_, timeoutMs, deadline, expected) => {
    const clock = new InstantClock();
    clock.pass(10_000);
    const command: Command = { argv: ['id'], ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    expect(limitOf(command, { clock, commandTimeoutMs: 60_000, deadline })).toBe(expected);
  });

  it.each<[number, number, boolean]>([
    [124, 5_000, true],
    [137, 9_000, true],
    [124, 4_999, false],
    [137, 10, false],
    [0, 60_000, false],
    [1, 60_000, false],
  ])(
    'is what ended a command with exit code %i after %i of 5000 ms: %s',
    async (exitCode, tookMs, expected) => {
      const judge = () =>
        refuseTimeout({ argv: ['yum', 'update'] }, { exitCode, stdout: 'a\n', stderr: 'b\n' }, tookMs, 5_000);
      if (!expected) return expect(judge).not.toThrow();
      expect(await actionErrorOf(judge)).toMatchObject({
        code: 'command-timeout',
        message: '`yum update` did not end within 5 s and was stopped',
        details: ['a', 'b'],
      });
    },
  );
});

describe('a command in a message', () => {
  it('is one line of at most 120 characters', () => {
    expect(nameOf({ argv: ['sh', '-c', 'a\n  b'] })).toBe('sh -c a b');
    expect(nameOf({ argv: ['echo', 'x'.repeat(500)] })).toMatch(/^echo x+…$/);
    expect(nameOf({ argv: ['echo', 'x'.repeat(500)] }).length).toBeLessThanOrEqual(120);
  });
});
