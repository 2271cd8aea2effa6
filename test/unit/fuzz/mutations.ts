import fc from 'fast-check';

/** What may stand in any text that somebody else has written: what breaks parsers, and what breaks who believes them. */
const PIECES = [
  ...[
    '',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '\r',
    '\u0000',
    '\u0085',
    '\u2028',
    '\u202e',
    '\ufeff',
    '\u001b[2J',
    '\ud800',
  ],
  ...[
    '0',
    '-1',
    '1e999',
    'NaN',
    '9'.repeat(20),
    '0x10',
    '00',
    'null',
    'true',
    '{}',
    '[]',
    '[[',
    '{"a":',
    '"',
    "'",
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '../',
    '/',
    '/etc/passwd',
    '~',
    '$HOME',
    '`id`',
    '$(id)',
    ';',
    '|',
    '*',
  ],
  ...[
    '::error::x',
    '::set-output name=a::b',
    '%0A',
    '%',
    '\\',
    '=',
    ':',
    ',',
    '@',
    '[',
    ']',
    '<',
    '>',
    '&',
    '#',
    '-',
  ],
  ...['0001-01-01T00:00:00Z', '275761-01-01', '2026-02-30T25:61:61Z', 'é', '\u{1F600}'],
];
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('a', ' ', '\n', '9', '/', '[', 'a=b\n').map(part => part.repeat(5_000)),
  },
);

/** Text made of such pieces alone. */
export const hostileText = fc.array(piece, { maxLength: 12 }).map(pieces => pieces.join(''));

/** Some characters of a text are replaced, from a place on that is a share of its length. */
export interface Change {
  readonly at: number;
  readonly takes: number;
  readonly puts: string;
}

export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), takes: fc.nat(30), puts: piece }),
  { maxLength: 5 },
);

export function changedBy(text: string, all: readonly Change[]): string {
  return all.reduce((before, { at, takes, puts }) => {
    const from = Math.floor(at * before.length);
    return before.slice(0, from) + puts + before.slice(from + takes);
  }, text);
}

/**
 * Mostly one of the texts, right but for some changes: it goes deeper into a parser than one that is wrong from its start.
 * @param right texts that are as they should be
 */
export const hostile = (...right: readonly string[]) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(fc.constantFrom(...right), changes).map(([text, all]) => changedBy(text, all)),
    },
    { weight: 1, arbitrary: hostileText },
  );
