import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputCollector } from '../../../src/host/output.ts';

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

describe('output that is too much', () => {
  const MIB = 2 ** 20;

  it('keeps its head and its tail, and says how much is left out', () => {
    const collector = new OutputCollector();
    for (let index = 0; index < 30; index++) collector.write(Buffer.alloc(MIB, 97 + (index % 26)));
    const text = collector.end();
    expect(text.length).toBeLessThan(12 * MIB);
    expect(text.startsWith('aaa')).toBe(true);
    expect(text.endsWith('ddd')).toBe(true);
    const leftOut = Number(/\n\[(\d+) characters are left out here\]\n/.exec(text)?.[1]);
    expect(text.length - text.indexOf(']\n') + leftOut).toBeGreaterThan(24 * MIB);
  });

  it('is whole when it just fits', () => {
    const collector = new OutputCollector();
    for (let index = 0; index < 10; index++) collector.write(Buffer.alloc(MIB, 'x'));
    expect(collector.end()).toBe('x'.repeat(10 * MIB));
  });

  it('has lines of 64 KiB at most, also one that never ends', () => {
    const lines: string[] = [];
    const collector = new OutputCollector(line => lines.push(line));
    for (let index = 0; index < 400; index++) collector.write(Buffer.alloc(65_000, 'x'));
    collector.write(Buffer.from('\nshort\n'));
    collector.end();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe(`${'x'.repeat(65_536)} [${400 * 65_000 - 65_536} characters are left out here]`);
    expect(lines[1]).toBe('short');
  });

  it('is not handed on line by line without end', () => {
    const lines: string[] = [];
    const collector = new OutputCollector(line => lines.push(line));
    const chunk = Buffer.from('a line of some forty characters, or so.\n'.repeat(1_000));
    for (let index = 0; index < 1_000; index++) collector.write(chunk);
    collector.end();
    expect(lines.join('\n').length).toBeLessThan(10.1 * MIB);
    expect(lines.at(-1)).toBe('[what follows is too much to be shown]');
  });
});
