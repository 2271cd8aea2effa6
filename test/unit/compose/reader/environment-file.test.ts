import { describe, expect, it } from 'vitest';
import {
  parseEnvironmentFile,
  parseRawEnvironmentFile,
  readEnvironmentFile,
} from '../../../../src/compose/reader/environment-file.ts';
import { SourceText } from '../../../../src/compose/reader/place.ts';

const lookup = (name: string) => (name === 'OUTER' ? 'outer' : undefined);
const read = (text: string) => readEnvironmentFile(new SourceText('a.env', text), lookup);
const values = (text: string) =>
  Object.fromEntries(read(text).map(({ name, value }) => [name.text, value.text]));

describe('an env file', () => {
  it.each<[string, Record<string, string>]>([
    ['A=1', { A: '1' }],
    ['\uFEFFA=1', { A: '1' }],
    ['# comment\n\nA=1\nB=2\n', { A: '1', B: '2' }],
    ['export A=1', { A: '1' }],
    ['exported=1', { exported: '1' }],
    ['A: 1\nB:two', { A: '1', B: 'two' }],
    ['A.B-C[0]=1', { 'A.B-C[0]': '1' }],
    ['A=http://b:1', { A: 'http://b:1' }],
    ['A: b=c', { A: 'b=c' }],
    ['A = spaced ', { A: 'spaced' }],
    ['A=one # comment', { A: 'one' }],
    ['A=a#b', { A: 'a#b' }],
    ['A=#b', { A: '#b' }],
    ['A=\nB=1', { A: '', B: '1' }],
    ['A=x=y', { A: 'x=y' }],
    ['A="quoted # x" # comment', { A: 'quoted # x' }],
    ['A="x"B=1', { A: 'x', B: '1' }],
    ["A='$OUTER'", { A: '$OUTER' }],
    ["A='it\\'s \\n'", { A: "it's \\n" }],
    ['A="$OUTER"', { A: 'outer' }],
    ['A=$$OUTER', { A: '$OUTER' }],
    ['A="\\$OUTER"', { A: '$OUTER' }],
    ['A=1\nB=$A', { A: '1', B: '1' }],
    ['OUTER=inner\nB=$OUTER', { OUTER: 'inner', B: 'outer' }],
    ['A="say \\"hi\\"\\n"', { A: 'say "hi"\n' }],
    ['A="two\nlines"\nB=1', { A: 'two\nlines', B: '1' }],
    ["A='two\nlines'\nB=1", { A: 'two\nlines', B: '1' }],
    ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['OUTER\n', { OUTER: 'outer' }],
    ['export OUTER\nA=1', { OUTER: 'outer', A: '1' }],
  ])('%j', (text, expected) => {
    const { variables, problem } = parseEnvironmentFile(new SourceText('a.env', text), lookup);
    expect(Object.fromEntries(variables.map(({ name, value }) => [name.text, value.text]))).toEqual(expected);
    expect(problem).toBeUndefined();
  });

  it.each<[string, number, RegExp]>([
    ['A=1\nB C=2\nD=3', 2, /space/],
    ['A=1\n\n{"a": 1}', 3, /cannot be part of a name/],
    ['A=1\nB="open\nC=2', 2, /never closed/],
    [`A=1\nB=\${}`, 2, /not a variable/],
    [`A=1\nB=\${GONE:?}`, 2, /missing a value/],
  ])('%j is refused from line %i on', (text, line, reason) => {
    const { variables, problem } = parseEnvironmentFile(new SourceText('a.env', text), lookup);
    expect(variables.map(({ name }) => name.text)).toEqual(['A']);
    expect(problem).toMatchObject({ place: { line }, message: expect.stringMatching(reason) });
  });

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

  it('does not know what depends on a value that is not known', () => {
    expect(read('A=$GONE\nB=$A\n').map(({ value }) => value.unresolved)).toEqual([['GONE'], ['A']]);
  });

  it('of the format raw is taken to the letter', () => {
    const source = new SourceText('a.env', '# x\nA="$OUTER" # y\n B=1\nOUTER\n');
    const { variables } = parseRawEnvironmentFile(source, lookup);
    expect(variables.map(({ name, value }) => `${name.text}=${value.text}`)).toEqual([
      'A="$OUTER" # y',
      'B=1',
      'OUTER=outer',
    ]);
  });

  it('has the values that the last of its lines sets', () => {
    expect(values('A=1\nA=2')).toEqual({ A: '2' });
  });
});
