import { describe, expect, it } from 'vitest';
import { alsoAt, findingLine, judge } from '../../../src/lint/judge.ts';
import { lintCompose } from '../../../src/lint/lint.ts';
import { sarifLog } from '../../../src/lint/sarif.ts';

const services = (...lines: readonly string[]) => ({
  path: 'compose.yml',
  text: `services:\n${lines.map((line, index) => `  s${index}: {${line}}\n`).join('')}`,
});
const placesOf = (file: { path: string; text: string }) =>
  lintCompose([file]).map(({ ruleId, place, also = [] }) => [
    ruleId,
    ...[place, ...also].map(({ line }) => line),
  ]);

describe('one cause is one finding', () => {
  it('when a warning says the same at several places', () => {
    const file = services('image: busybox', 'image: "busybox:1.37"', 'image: busybox', 'image: nginx');
    expect(placesOf(file)).toEqual([['image-not-pinned', 2, 4, 5]]);
  });

  it('but not when what is said differs', () => {
    const file = services('image: busybox', 'image: "busybox:latest"');
    expect(placesOf(file)).toEqual([
      ['image-not-pinned', 2],
      ['image-not-pinned', 3],
    ]);
  });

  it('and errors are told where they stand', () => {
    const file = services('image: "a:1", networks: [no]', 'image: "b:1", networks: [no]');
    expect(placesOf(file).map(([ruleId]) => ruleId)).toEqual(['undefined-reference', 'undefined-reference']);
  });

  it('with every proposal that differs', () => {
    const [finding] = lintCompose([services('image: busybox', 'image: nginx', 'image: busybox')]);
    expect(finding?.proposal).toBe('busybox:VERSION\nnginx:VERSION');
  });

  it('whose places are in the log, the report and SARIF', () => {
    const file = services('image: busybox', 'image: nginx', 'image: redis');
    const { judgement, remaining } = judge([file], { level: 'error', fix: false });
    expect(judgement).toMatchObject({ warnings: 1, findings: [{ line: 2 }] });
    const [finding] = judgement.findings;
    expect(finding?.also).toEqual([3, 4].map(line => ({ file: 'compose.yml', line })));
    expect(finding && findingLine(finding)).toMatch(/ Also at lines 3, 4\.$/);
    expect(sarifLog(remaining, { name: 'x', version: '1', url: 'https://example.org' })).toMatchObject({
      runs: [
        {
          results: [
            {
              relatedLocations: [3, 4].map((startLine, index) => ({
                id: index + 1,
                physicalLocation: { region: { startLine } },
              })),
            },
          ],
        },
      ],
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
