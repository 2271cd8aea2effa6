import { describe, expect, it } from 'vitest';
import { SourceText } from '../../../../src/compose/reader/place.ts';
import { readSource } from '../../../../src/compose/reader/source.ts';
import {
  partOf,
  splitText,
  textAt,
  textOf,
  type Value,
  valueAt,
} from '../../../../src/compose/reader/value.ts';

const read = (text: string) => readSource('f.yml', text, name => (name === 'SET' ? 'value' : undefined));
const root = (text: string): Value => {
  const { roots, faults } = read(text);
  expect(faults).toEqual([]);
  return roots[0] as Value;
};
const faultsOf = (text: string) =>
  read(text).faults.map(({ kind, place }) => `${kind} ${place.line}:${place.column}`);

/** The tree as plain objects, keys in their order. */
function plain(value: Value | undefined): unknown {
  if (value?.kind === 'map')
    return Object.fromEntries([...value.entries].map(([key, entry]) => [key, plain(entry.value)]));
  return value?.kind === 'list' ? value.items.map(plain) : value?.text;
}

describe('a YAML file', () => {
  it.each<[string, unknown]>([
    ['a: 1', { a: '1' }],
    ['a: 007', { a: '7' }],
    ['a: 12345678901234567890', { a: '12345678901234567890' }],
    ['a: 1.50', { a: '1.5' }],
    ['a: true', { a: 'true' }],
    ['a: yes', { a: 'yes' }],
    ['a:', { a: '' }],
    ['a: "1"', { a: '1' }],
    ['1: a', { 1: 'a' }],
    ['a: &x {b: 1}\nc: *x', { a: { b: '1' }, c: { b: '1' } }],
    ['a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}', { a: { b: '1', c: '2' }, d: { b: '1', c: '3' } }],
    [
      'a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne: {<<: [*x, *y]}',
      { a: { b: '1' }, c: { b: '2', d: '3' }, e: { b: '1', d: '3' } },
    ],
    ['a: &x 1\nb: &x 2\nc: *x', { a: '1', b: '2', c: '2' }],
    ['a: $SET', { a: 'value' }],
    ['$SET: a', { $SET: 'a' }],
  ])('%j', (text, expected) => expect(plain(root(text))).toEqual(expected));

  it('of several documents has several roots', () => {
    expect(read('a: 1\n---\nb: 2\n').roots.map(plain)).toEqual([{ a: '1' }, { b: '2' }]);
  });

  it.each<[string, string[]]>([
    ['a: [', ['yaml-syntax 1:5']],
    ['a: 1\na: 2', ['yaml-syntax 2:1']],
    ['a: *x', ['yaml-syntax 1:4']],
    ['<<: 1', ['yaml-syntax 1:1']],
    ['- &x {b: 1}\n- <<: *x\n  <<: *x', ['yaml-syntax 3:3']],
    ['- &x {b: 1}\n- <<: [*x, *x]\n- <<: *x', []],
    ['[a]: 1', ['yaml-syntax 1:1']],
    ['\ta: 1', ['yaml-syntax 1:1']],
    ['a: \uFFFD', ['yaml-syntax 1:4']],
    ['a: &x [*x]', ['yaml-limit 1:8']],
    [`a: ${'['.repeat(60)}${']'.repeat(60)}`, ['yaml-limit 1:54']],
    [`#${' '.repeat(256 * 1024)}`, ['yaml-limit 1:1']],
    [`- &a [${'x,'.repeat(200)}]\n${'- *a\n'.repeat(20_000 / 200)}`, ['yaml-limit 100:3']],
    [`a: \${`, ['interpolation 1:4']],
    ['a:\n  b: $GONE', ['variable-unset 2:6']],
    [`a: |\n  for x in 1; do\n    echo "$$x \${GONE}"\n  done`, ['variable-unset 3:15']],
    ['a: >\n  $$GONE\n  and $GONE_TOO $GONE', ['variable-unset 3:7', 'variable-unset 3:17']],
    ['a: "one\n  $GONE"', ['variable-unset 2:3']],
    [`a: \${GONE:?why}`, ['variable-required 1:4']],
  ])('%.40j has faults', (text, expected) => expect(faultsOf(text)).toEqual(expected));
});

describe('a text of the file', () => {
  const textIn = (yaml: string) => textAt(root(yaml), 'a');
  it.each<[string, string | undefined]>([
    ['a: one,two', 'two'],
    ['a: "one,two"', 'two'],
    ["a: 'one,two'", 'two'],
    ['a: "one,\\ttwo"', undefined],
    ['a: >-\n  one,\n  two', undefined],
    ['a: one,$SET', undefined],
  ])('%j knows where its parts stand', (yaml, expected) => {
    const text = textIn(yaml);
    const part = text && splitText(text, ',')[1];
    expect(
      part && part.contentStart === undefined ? undefined : yaml.slice(part?.place.start, part?.place.end),
    ).toBe(expected);
    expect(part?.place.line).toBe(1);
  });

  it('has parts that know line and column', () => {
    const value = valueAt(valueAt(root('x:\n  a: "one,  two"\n'), 'x'), 'a');
    if (value?.kind !== 'scalar') throw new Error('no scalar');
    const [first, second] = splitText(textOf(value), ',');
    expect(first?.place).toMatchObject({ line: 2, column: 7, endColumn: 10 });
    expect(second?.place).toMatchObject({ line: 2, column: 13, endLine: 2, endColumn: 16 });
    expect(second && partOf(second, 1, 2).place).toMatchObject({ column: 14, endColumn: 15 });
  });
});

describe('places', () => {
  const text = new SourceText('f', 'ab\r\ncd\n\nef');
  it.each<[number, number, number]>([
    [0, 1, 1],
    [3, 1, 4],
    [4, 2, 1],
    [7, 3, 1],
    [8, 4, 1],
    [10, 4, 3],
    [99, 4, 3],
    [-1, 1, 1],
  ])('offset %i is line %i, column %i', (offset, line, column) =>
    expect(text.place(offset)).toMatchObject({ line, column }),
  );

  it('know the ends of lines', () => {
    expect([text.lineStart(5), text.lineEnd(5), text.lineEnd(0), text.lineEnd(9)]).toEqual([4, 6, 2, 10]);
    expect([text.lineBreak, new SourceText('f', 'a\nb').lineBreak]).toEqual(['\r\n', '\n']);
  });
});
