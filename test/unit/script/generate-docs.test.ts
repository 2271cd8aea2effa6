import { describe, expect, it } from 'vitest';
import { ENGLISH, errorTable, inputTables, outputTable } from '../../../script/docs-tables.ts';
import { withSection } from '../../../script/generate-docs.ts';

const entry = (name: string, rest: object = {}) => ({
  name,
  description: 'A | text\nin `code`.',
  required: false,
  fallback: '',
  ...rest,
});

describe('the generated tables', () => {
  it('have the inputs by their groups, with their defaults, in cells that are not padded', () => {
    const groups = [
      { title: '', entries: [entry('host', { required: true })] },
      { title: 'Rest', entries: [entry('port', { fallback: '22' }), entry('key')] },
    ];
    expect(inputTables(groups, ENGLISH).split('\n')).toEqual([
      '| Input | Description | Default |',
      '| --- | --- | --- |',
      '| `host` | A \\| text in `code`. | _required_ |',
      '',
      '### Rest',
      '',
      '| Input | Description | Default |',
      '| --- | --- | --- |',
      '| `port` | A \\| text in `code`. | `22` |',
      '| `key` | A \\| text in `code`. |  |',
    ]);
  });

  it('have the outputs', () => {
    expect(outputTable([entry('result')], ENGLISH)).toBe(
      '| Output | Description |\n| --- | --- |\n| `result` | A \\| text in `code`. |',
    );
  });

  it('have the errors as plain text, each with an anchor', () => {
    expect(errorTable({ 'no-sudo': { meaning: 'a_b | c', hint: '`d`' } }, ENGLISH)).toBe(
      '| Code | What it means | What to do |\n| --- | --- | --- |\n' +
        '| <a id="no-sudo"></a>[`no-sudo`](#no-sudo) | a\\_b \\| c | \\`d\\` |',
    );
  });
});

describe('withSection', () => {
  it('replaces what stands between the markers, and nothing else', () => {
    const page = 'before\n<!-- inputs -->\nold\n<!-- /inputs -->\nafter\n';
    const fresh = 'before\n<!-- inputs -->\n\nnew\n\n<!-- /inputs -->\nafter\n';
    expect(withSection(page, 'inputs', 'new')).toBe(fresh);
    expect(withSection(fresh, 'inputs', 'new')).toBe(fresh);
  });

  it.each([
    ['without the section', 'text'],
    ['with a section that does not end', '<!-- inputs -->'],
    ['with an end before the beginning', '<!-- /inputs --> <!-- inputs -->'],
    ['with the section twice', '<!-- inputs --><!-- /inputs --><!-- inputs --><!-- /inputs -->'],
  ])('refuses a page %s', (_, page) => {
    expect(() => withSection(page, 'inputs', 'new')).toThrow(
      'the page needs one <!-- inputs --> … <!-- /inputs -->',
    );
  });
});
