import { describe, expect, it } from 'vitest';
import { interpolate } from '../../../../src/compose/reader/interpolate.ts';

const VARIABLES: Readonly<Record<string, string>> = { SET: 'value', EMPTY: '', _a1: 'x' };
const run = (template: string) => interpolate(template, name => VARIABLES[name]);

describe('variables', () => {
  it.each<[string, string]>([
    ['no variable', 'no variable'],
    ['$SET', 'value'],
    ['$SET-$SET.', 'value-value.'],
    [`\${SET}s`, 'values'],
    ['$_a1', 'x'],
    [`\${EMPTY:-d}`, 'd'],
    [`\${EMPTY-d}`, ''],
    [`\${UNSET:-d}`, 'd'],
    [`\${UNSET-d}`, 'd'],
    [`\${SET:-d}`, 'value'],
    [`\${UNSET:-}`, ''],
    [`\${SET:+r}`, 'r'],
    [`\${EMPTY:+r}`, ''],
    [`\${EMPTY+r}`, 'r'],
    [`\${UNSET+r}`, ''],
    [`\${SET:?m}`, 'value'],
    [`\${EMPTY?m}`, ''],
    [`\${UNSET:-a:b-c?d}`, 'a:b-c?d'],
    [`\${UNSET:-\${SET}}`, 'value'],
    [`\${UNSET:-\${EMPTY:-\${SET:+deep}}}!`, 'deep!'],
    [`\${UNSET:-{"a":1}`, '{"a":1'],
    ['$$SET', '$SET'],
    [`$$\${SET}`, '$value'],
    ['$', '$'],
    ['5 $ or $1', '5 $ or $1'],
  ])('%s is %s', (template, expected) => {
    expect(run(template)).toMatchObject({ text: expected, unresolved: [], unset: [], missing: [] });
  });

  it.each([`\${UNSET}`, '$UNSET', `a\${UNSET}b$UNSET`])('%s has no value', template => {
    const { unresolved, unset } = run(template);
    expect([unresolved, unset]).toEqual([['UNSET'], ['UNSET']]);
  });

  it('may be demanded, with a message that may have variables', () => {
    expect(run(`\${UNSET:?needs \${SET}}`)).toMatchObject({
      text: '',
      unresolved: ['UNSET'],
      unset: [],
      missing: [{ name: 'UNSET', message: 'needs value' }],
    });
    expect(run(`\${EMPTY:?}`).missing).toEqual([{ name: 'EMPTY', message: '' }]);
  });

  it.each([`\${`, `\${}`, `\${SET`, `\${1A}`, `\${SET!}`, `\${S E T}`, `\${-d}`])('%s is none', template => {
    expect(run(template).invalid).toBe(template);
  });

  it.each<[string, string]>([
    [`\${PWD}/conf`, './conf'],
    ['$HOME/data', '~/data'],
    [`\${GITHUB_SHA:?no commit}`, '1'],
    [`\${HOME:+set}`, 'set'],
    [`\${HOME:-none}`, '~'],
  ])('%s has a value that is not known', (template, expected) => {
    const { text, unresolved, unset, missing } = run(template);
    expect([text, unresolved.length, unset, missing]).toEqual([expected, 1, [], []]);
  });

  it.each(['$GITHUB_TOKEN', '$UID', '$HOSTNAME', '$PWDS'])('%s may not be set', template => {
    expect(run(template).unset).toHaveLength(1);
  });

  it('have names of objects without meaning', () => {
    expect(interpolate('$constructor', () => undefined).unresolved).toEqual(['constructor']);
  });
});
