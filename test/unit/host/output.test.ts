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
