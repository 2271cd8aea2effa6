import { describe, expect, it } from 'vitest';
import { code, fenced, shortened, table, words } from '../../../src/report/markdown.ts';

describe('Markdown', () => {
  it('has no empty code, which would be two backquotes', () => {
    expect([code(''), code(' \n'), code('x')]).toEqual(['`?`', '`?`', '`x`']);
  });

  it('is shortened by characters, not in the middle of one', () => {
    expect(shortened('🐘🐘🐘', 3)).toBe('🐘🐘🐘');
    expect(shortened('🐘🐘🐘🐘', 3)).toBe('🐘🐘…');
    expect(shortened('abc', 3)).toBe('abc');
  });

  it('has a line for each line of a block', () => {
    expect(fenced(['a\r\nb', ' c '])).toEqual(['```text', 'a\nb\n c', '```']);
  });

  it('has a row for each row of a table', () => {
    expect(table([words('a')], [['1'], ['2']])).toEqual(['| a |', '| --- |', '| 1 |', '| 2 |']);
  });
});
