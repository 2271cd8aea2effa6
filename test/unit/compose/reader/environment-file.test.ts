import { describe, expect, it } from 'vitest';
import { readEnvironmentFile } from '../../../../src/compose/reader/environment-file.ts';
import { SourceText } from '../../../../src/compose/reader/place.ts';

const read = (text: string) =>
  readEnvironmentFile(new SourceText('a.env', text), name => (name === 'OUTER' ? 'outer' : undefined));
const values = (text: string) =>
  Object.fromEntries(read(text).map(({ name, value }) => [name.text, value.text]));

describe('an env file', () => {
  it.each<[string, Record<string, string>]>([
    ['A=1', { A: '1' }],
    ['# comment\n\nA=1\nB=2\n', { A: '1', B: '2' }],
    ['export A=1', { A: '1' }],
    ['A = spaced ', { A: 'spaced' }],
    ['A=one # comment', { A: 'one' }],
    ['A=a#b', { A: 'a#b' }],
    ['A=', { A: '' }],
    ['A=x=y', { A: 'x=y' }],
    ['A="quoted # x" # comment', { A: 'quoted # x' }],
    ["A='$OUTER'", { A: '$OUTER' }],
    ['A="$OUTER"', { A: 'outer' }],
    ['A=1\nB=$A', { A: '1', B: '1' }],
    ['A="say \\"hi\\"\\n"', { A: 'say "hi"\n' }],
    ['A="two\nlines"\nB=1', { A: 'two\nlines', B: '1' }],
    ['A="open', { A: '"open' }],
    ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['OUTER', { OUTER: 'outer' }],
    ['A B=1', { 'A B': '1' }],
  ])('%j', (text, expected) => expect(values(text)).toEqual(expected));

  it('says where each name stands, and which values are not known', () => {
    const [first, second] = read('# x\nA=$GONE\n  INHERITED\n');
    expect(first).toMatchObject({
      name: { place: { file: 'a.env', line: 2, column: 1 } },
      value: { unresolved: ['GONE'] },
    });
    expect(second).toMatchObject({
      name: { text: 'INHERITED', place: { line: 3, column: 3 } },
      value: { unresolved: ['INHERITED'] },
    });
  });
});
