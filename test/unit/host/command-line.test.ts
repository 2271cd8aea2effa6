import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  commandLine,
  limitOf,
  describe as nameOf,
  OutputCollector,
  refuseTimeout,
} from '../../../src/host/command-line.ts';
import type { Command } from '../../../src/host/host.ts';
import { InstantClock } from '../support/clocks.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

describe('the full command', () => {
  it.each<[string, Command, number, string]>([
    ['a plain command', { argv: ['id'] }, 5_000, 'env LC_ALL=C.UTF-8 timeout --kill-after=5 5 id'],
    [
      'as root',
      { argv: ['id'], sudo: true },
      5_000,
      'sudo -n -- env LC_ALL=C.UTF-8 timeout --kill-after=5 5 id',
    ],
    [
      'in a directory',
      { argv: ['ls'], cwd: '/a b' },
      1_000,
      'env -C /a b LC_ALL=C.UTF-8 timeout --kill-after=5 1 ls',
    ],
    ['with part of a second', { argv: ['id'] }, 1_001, 'env LC_ALL=C.UTF-8 timeout --kill-after=5 2 id'],
  ])('of %s', (_, command, limitMs, expected) => {
    expect(commandLine(command, limitMs).join(' ')).toBe(expected);
  });
});

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

describe('output that comes in pieces', () => {
  function collect(pieces: readonly Buffer[]) {
    const lines: string[] = [];
    const collector = new OutputCollector(line => lines.push(line));
    for (const piece of pieces) collector.write(piece);
    return { text: collector.end(), lines };
  }

  it.each([
    ['lines', 'one\ntwo\n', ['one', 'two']],
    ['a last line without a newline', 'one\ntwo', ['one', 'two']],
    ['CRLF', 'one\r\ntwo\r\n', ['one', 'two']],
    ['a progress bar that is drawn anew', '10 %\r20 %\r\n', ['10 %', '20 %']],
    ['blank lines', 'one\n\n\ntwo\n', ['one', '', '', 'two']],
    ['nothing', '', []],
  ])('is told line by line: %s', (_, text, lines) => {
    expect(collect([Buffer.from(text)])).toEqual({ text, lines });
  });

  it('is the same text and the same lines wherever it is cut', () => {
    const piece = fc.constantFrom('a', 'ü', '漢', '🐳', '\n', '\r\n', '\r', ' ');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.array(fc.nat(60), { maxLength: 8 }),
        (pieces, cuts) => {
          const whole = Buffer.from(pieces.join(''));
          const ends = [...cuts.filter(cut => cut < whole.length), whole.length].sort((a, b) => a - b);
          const chunks = ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end));
          expect(collect(chunks)).toEqual(collect([whole]));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('that ends in the middle of a character shows that something is missing', () => {
    expect(collect([Buffer.from('ü').subarray(0, 1)])).toEqual({ text: '\ufffd', lines: ['\ufffd'] });
  });
});
