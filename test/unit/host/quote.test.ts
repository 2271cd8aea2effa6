import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote } from '../../../src/host/quote.ts';

describe('a quoted command', () => {
  it.each([
    [['echo', 'plain-word_1.2/3:4=5,6@7%8+9'], 'echo plain-word_1.2/3:4=5,6@7%8+9'],
    [['echo', ''], "echo ''"],
    [['echo', 'two words'], "echo 'two words'"],
    [['echo', "it's"], "echo 'it'\\''s'"],
    [['rm', '$HOME/*'], "rm '$HOME/*'"],
    [['~/program'], "'~/program'"],
    [['a\nb'], "'a\nb'"],
  ])('of %j is %j', (argv, text) => {
    expect(quote(argv)).toBe(text);
  });

  it('is read by the shell as exactly its words', () => {
    const word = fc
      .string({ unit: 'binary', maxLength: 40 })
      .map(text => text.replaceAll('\0', '').toWellFormed());
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), words => {
        const output = execFileSync('sh', ['-c', quote(['printf', '%s\\0', ...words])], { encoding: 'utf8' });
        expect(output.split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 10 },
    );
  });
});
