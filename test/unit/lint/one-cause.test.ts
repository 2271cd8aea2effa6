import { describe, expect, it } from 'vitest';
import { SourceText } from '../../../src/compose/reader/place.ts';
import { alsoAt, findingLine, judge } from '../../../src/lint/judge.ts';
import { onceEachCause } from '../../../src/lint/one-cause.ts';
import type { Finding } from '../../../src/lint/rule.ts';
import { sarifLog } from '../../../src/lint/sarif.ts';

const source = new SourceText('compose.yml', 'line\n'.repeat(9));
const at = (line: number, more: Partial<Finding> = {}): Finding => ({
  ...{ ruleId: 'a-rule', severity: 'warning', message: 'It is wrong.', hint: 'Right it.' },
  place: source.place((line - 1) * 5, (line - 1) * 5 + 4),
  ...more,
});
const linesOf = (...findings: Finding[]) =>
  onceEachCause(findings).map(({ place, also = [] }) => [place, ...also].map(({ line }) => line));

describe('one cause is one finding', () => {
  it.each<[string, Finding[], number[][]]>([
    ['when a warning says the same', [at(1), at(3), at(7)], [[1, 3, 7]]],
    ['not when it says something else', [at(1), at(3, { message: 'So is this.' })], [[1], [3]]],
    ['not when something else is to be done', [at(1), at(3, { hint: 'Leave it.' })], [[1], [3]]],
    ['not when another rule says it', [at(1), at(3, { ruleId: 'b-rule' })], [[1], [3]]],
    ['not when it is an error', [at(1, { severity: 'error' }), at(3, { severity: 'error' })], [[1], [3]]],
    [
      'when an error names its cause',
      [
        at(1, { severity: 'error', cause: 'x' }),
        at(3, { severity: 'error', cause: 'x', message: 'So is this.' }),
      ],
      [[1, 3]],
    ],
    ['not when the causes differ', [at(1, { cause: 'x' }), at(3, { cause: 'y' })], [[1], [3]]],
    ['not when one alone is fixed', [at(1, { edits: [] }), at(3)], [[1], [3]]],
  ])('%s', (_, findings, expected) => expect(linesOf(...findings)).toEqual(expected));

  it('with all of its fixes, and every proposal that differs', () => {
    const edit = (start: number) => ({ file: 'compose.yml', start, end: start, text: 'x' });
    const [fixed] = onceEachCause([at(1, { edits: [edit(1)] }), at(2, { edits: [edit(6)] })]);
    expect(fixed?.edits).toEqual([edit(1), edit(6)]);
    const [proposed] = onceEachCause(['a', 'b', 'a'].map((proposal, index) => at(index + 1, { proposal })));
    expect(proposed?.proposal).toBe('a\nb');
  });

  it('whose places are in the log, the report and SARIF', () => {
    const services = ['aa', 'bb', 'cc'].map(name => `  ${name}: {image: "x:1", container_name: ${name}}\n`);
    const file = { path: 'compose.yml', text: `services:\n${services.join('')}` };
    const { judgement, remaining } = judge([file], { level: 'error', fix: false, sideBySide: true });
    expect(judgement).toMatchObject({ warnings: 1, findings: [{ line: 2 }] });
    const [finding] = judgement.findings;
    expect(finding?.also).toEqual([3, 4].map(line => ({ file: 'compose.yml', line })));
    expect(finding && findingLine(finding)).toMatch(/ Also at lines 3, 4\.$/);
    const related = [3, 4].map((startLine, index) => ({
      id: index + 1,
      physicalLocation: { region: { startLine } },
    }));
    expect(sarifLog(remaining, { name: 'x', version: '1', url: 'https://example.org' })).toMatchObject({
      runs: [{ results: [{ relatedLocations: related }] }],
    });
  });

  it.each([
    [[], []],
    [[{ file: 'a.yml', line: 3 }], ['Also at line 3.']],
    [[{ file: 'b.yml', line: 3 }], ['Also at line b.yml:3.']],
    [
      Array.from({ length: 12 }, (_, line) => ({ file: 'a.yml', line: line + 1 })),
      ['Also at lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more.'],
    ],
  ])('%j is told as %j', (also, told) => expect(alsoAt({ file: 'a.yml', also })).toEqual(told));
});
