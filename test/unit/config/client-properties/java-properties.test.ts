import { describe, expect, it } from 'vitest';
import { readJavaProperties } from '../../../../src/config/client-properties/java-properties.ts';

const read = (text: string) => readJavaProperties(text).map(({ name, value }) => [name, value]);

/** What java.util.Properties of Java 17 makes of each of these. */
describe('a properties file', () => {
  it.each<[string, string, string[][]]>([
    [
      'the three separators',
      'a=1\nb:2\nc 3\nd\t=\t4',
      [
        ['a', '1'],
        ['b', '2'],
        ['c', '3'],
        ['d', '4'],
      ],
    ],
    [
      'one separator, the second is the value',
      'a==1\nb:=2\nc = = 3',
      [
        ['a', '=1'],
        ['b', '=2'],
        ['c', '= 3'],
      ],
    ],
    ['comments and blank lines', '# a=1\n  ! b=2\n\n \t\nc=3', [['c', '3']]],
    ['a comment that is not continued', '# a \\\nb=2', [['b', '2']]],
    ['no comment in the middle', 'a=1 # one', [['a', '1 # one']]],
    ['a continued line', 'a=one \\\n   two\\\n\tthree', [['a', 'one twothree']]],
    ['a continued line that looks like a comment', 'a=1\\\n#2', [['a', '1#2']]],
    [
      'a backslash that is itself escaped',
      'a=1\\\\\nb=2',
      [
        ['a', '1\\'],
        ['b', '2'],
      ],
    ],
    [
      'a blank line after a backslash',
      'a=1\\\n\nb=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['a backslash at the end', 'a=1\\', [['a', '1']]],
    [
      'every end of line',
      'a=1\r\nb=2\rc=3\\\r\n 4',
      [
        ['a', '1'],
        ['b', '2'],
        ['c', '34'],
      ],
    ],
    ['escapes', 'a=\\t\\n\\r\\f\\z\\"\\\\', [['a', '\t\n\r\fz"\\']]],
    [
      'code points',
      'a=\\u00fc\\u00DF\nü=ß',
      [
        ['a', 'üß'],
        ['ü', 'ß'],
      ],
    ],
    ['an escaped separator', 'a\\=b\\:c\\ d=1', [['a=b:c d', '1']]],
    ['white space around a value', 'a = \t1  ', [['a', '1  ']]],
    ['an escaped blank at its beginning', 'a=\\ 1', [['a', ' 1']]],
    [
      'no value',
      'a\nb=',
      [
        ['a', ''],
        ['b', ''],
      ],
    ],
    [
      'a name twice',
      'a=1\na=2',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['nothing', '', []],
  ])('has %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('keeps the line in which a property begins', () => {
    expect(readJavaProperties('\n# no\na=1\\\n2\nb=3').map(({ line }) => line)).toEqual([3, 5]);
  });

  it.each(['a=\\u12', 'b=1\na=\\uzzzz', 'a\\u=1'])('is refused with a malformed code point: %j', text => {
    expect(() => readJavaProperties(text)).toThrow(
      /^line \d: a \\u is not followed by four hexadecimal digits$/,
    );
  });
});
