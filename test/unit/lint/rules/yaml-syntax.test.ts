import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../../src/lint/lint.ts';

/** `line:column also…` and the message of each finding. */
const found = (text: string) =>
  lintCompose([{ path: 'f', text }]).map(
    ({ place, also = [], message }) =>
      `${[place, ...also].map(({ line, column }) => `${line}:${column}`).join(' ')} ${message}`,
  );

const TABS = 'Tabs are not allowed as indentation.';
const KEY = 'Implicit keys need to be on a single line.';
const COLUMN = 'All mapping items must start at the same column.';

describe('YAML that cannot be read is told by its cause', () => {
  it.each<[string, string, string[]]>([
    ['one tab', 'services:\n  kafka:\n    image: a\n\tports:\n      - 1:1\n', [`4:1 ${TABS}`]],
    [
      'a list behind tabs, with all that follows',
      'services:\n  kafka:\n    environment:\n\t- A=1\n\t- B=2\n    ports:\n      - 1:1\n  zoo:\n\timage: b\n',
      [`4:1 5:1 9:1 ${TABS}`],
    ],
    [
      'a tab behind spaces',
      'services:\n  kafka:\n    environment:\n    \tA: 1\n    \tB: 2\n',
      [`4:5 5:5 ${TABS}`],
    ],
    [
      'a tab beside the tabs of a script',
      'services:\n  kafka:\n    command: |\n      if true; then\n      \techo a\n      fi\n  zoo:\n\timage: b\n\t# why\n',
      [`8:1 ${TABS}`],
    ],
    [
      'a line too far left',
      'services:\n  kafka:\n    image: a\n   ports:\n      - 1:1\n    x: 1\n',
      [`4:1 ${COLUMN}`],
    ],
    [
      'a key without its colon',
      'services:\n  kafka\n    image: a\n    ports:\n      - 1:1\n',
      [`2:3 ${KEY}`],
    ],
    [
      'a mapping that goes on as a list',
      'services:\n  kafka:\n    environment:\n      A: 1\n      - B=2\n',
      ['5:1 A block sequence may not be used as an implicit map key.'],
    ],
    [
      'two mistakes of their own',
      'services:\n  kafka:\n    image: "a"b\n    x: 1\n  zoo:\n    image: @c\n',
      ['3:15 Unexpected scalar at node end.', '6:12 Plain value cannot start with reserved character @.'],
    ],
    [
      'a merge that was not finished',
      'services:\n<<<<<<< HEAD\n  kafka:\n    image: a\n=======\n  kafka:\n    image: b\n>>>>>>> other\n',
      ['2:1 The file holds the marks of a merge that was not finished.'],
    ],
  ])('%s', (_, text, expected) => expect(found(text)).toEqual(expected));

  it('is right with tabs that are no indentation', () => {
    const text = 'services:\n  kafka:\n    image:\texample.org/a:1\n    command: |\n      a\n      \tb\n';
    expect(found(text)).toEqual([]);
  });
});
