import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../src/error-codes.ts';
import type { Report } from '../../../src/report/report.ts';
import { summaryOf } from '../../../src/report/summary/summary.ts';
import { failedAt, PASSED } from '../support/reports.ts';
import { diagramsOf, outsideOfCode, readBlocks, strangeLines, tableShapes } from './markdown-reading.ts';
import { SAMPLES } from './sample-reports.ts';

const PIECES = [
  '`',
  '```',
  '````',
  '~~~',
  '\n',
  '\r',
  '\r\n',
  '\u2028',
  '|',
  '\\',
  '"',
  "'",
  '<',
  '>',
  '&',
  '#',
  ';',
  ':',
  '%%',
  '-->',
  '---',
  ':::',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  '$$',
  '**',
  '_',
  '~~',
  '* ',
  '- ',
  '1. ',
  '# ',
  '> ',
  '=',
  '</details>',
  '<script>',
  '<!--',
  '](javascript:x)',
  '![',
  '#quot;',
  '&quot;',
  '%%{init: {}}%%',
  'end',
  'section',
  'click a call b',
  'http://x.example',
  'www.x.example',
  ' ',
  '\t',
  '\u0000',
  '\u001b[31m',
  '\u202e',
  '\ud800',
  'é',
  '🐘',
  'x',
];
const hostile = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map(pieces => pieces.join(''));

/** Text that a reader of the report would hold against a fixed list: it is none of those that come from outside. */
const FIXED = new Set([
  'changed',
  'unchanged',
  'passed',
  'failed',
  'skipped',
  'up',
  'down',
  'unknown',
  'broker',
  'zookeeper',
  'schema-registry',
  'other',
  'broker-restart',
  'gone',
  'unread',
  ...Object.keys(ERRORS),
  'planned',
  'deploy',
  'smoke-test',
  'plan',
  'lint',
]);
const isFixed = (name: string, text: string) =>
  ['mode', 'status', 'state', 'role', 'kind', 'code', 'whereabouts', 'result'].includes(name) &&
  FIXED.has(text);

/** A report of which every text from outside, and every name of a version, is replaced. */
function withTexts<T>(value: T, next: () => string, name = ''): T {
  if (typeof value === 'string') return (isFixed(name, value) ? value : next()) as T;
  if (Array.isArray(value)) return value.map(item => withTexts(item, next, name)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [
    name === 'versions' ? `${key}${next()}` : key,
    withTexts(part, next, key),
  ]);
  return Object.fromEntries(entries);
}

/** Of each line outside of code, what it is; and what each code block is. */
function shapeOf(markdown: string): unknown {
  const { outside, blocks } = readBlocks(markdown);
  const kind = (line: string) => /^(?:#+ |\||<\/?details>|<summary>|- |> |>|$)/.exec(line)?.[0] ?? 'text';
  return [outside.map(kind), blocks.map(({ language }) => language), tableShapes(markdown)];
}

const rendered = (report: Report, texts: readonly string[]) => {
  let index = 0;
  // One diagram for all texts: which members are silent depends on what the failure says.
  return summaryOf(withTexts(report, () => texts[index++ % texts.length] ?? ''));
};

describe('text from outside', () => {
  it.each(Object.entries(SAMPLES))('leaves the summary of a run that %s as it is', (_, report) => {
    // Some lines are there only where there is a text at all.
    const texts = fc.array(
      hostile.map(text => `x${text}x`),
      { minLength: 1, maxLength: 7 },
    );
    const usual = shapeOf(rendered(report, ['x']));
    fc.assert(
      fc.property(texts, given => {
        const markdown = rendered(report, given);
        expect(shapeOf(markdown)).toEqual(usual);
        expect(diagramsOf(markdown).flatMap(strangeLines)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('may be empty, or begin and end with anything', () => {
    const texts = fc.array(hostile, { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(texts, fc.constantFrom(...Object.values(SAMPLES)), (given, report) => {
        const markdown = rendered(report, given);
        expect(diagramsOf(markdown).flatMap(strangeLines)).toEqual([]);
        for (const [header, ...rest] of tableShapes(markdown))
          expect(rest.every(cells => cells === header)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is shortened where it is too long for its place', () => {
    const markdown = rendered(PASSED, ['y'.repeat(20_000)]);
    expect(Math.max(...markdown.split('\n').map(line => line.length))).toBeLessThan(5_000);
    expect(markdown).toContain('…');
  });

  it.each([
    ['a | b', 'a \\| b'],
    ['`code`', '\\`code\\`'],
    ['<b>bold</b>', '\\<b\\>bold\\</b\\>'],
    ['[a](javascript:b)', '\\[a\\](javascript:b)'],
    ['**x** _y_ ~~z~~', '\\*\\*x\\*\\* \\_y\\_ \\~\\~z\\~\\~'],
    ['back\\slash', 'back\\\\slash'],
    ['&lt; $x$', '\\&lt; \\$x\\$'],
    ['http://x.example www.x.example', 'http\\://x.example www\\.x.example'],
    ['two\nlines', 'two lines'],
    ['two\r\n  lines', 'two lines'],
    ['two\rlines\u2028', 'two lines'],
    ['left\u202eright\u0000', 'left right'],
  ])('is plain text in one cell: %j', (detail, cell) => {
    const steps = PASSED.steps.slice(0, 1).map(step => ({ ...step, detail }));
    expect(summaryOf({ ...PASSED, steps }).split('\n')).toContain(
      `| ✅ Title of machine | passed | 1.5\u00a0s | ${cell} |`,
    );
  });

  it('cannot end the code it stands in', () => {
    expect(summaryOf({ ...PASSED, host: 'a`b|c\nd' })).toContain("on `a'b¦c d`:");
  });

  it.each([
    [['```', '# x']],
    [['````text', '```']],
    [['`\n````\n# x']],
    [['` x\r````\r# x']],
    [['a `` b ``````````']],
  ])('cannot end the block it stands in: %j', details => {
    const report = failedAt('stack', 'container-failed', PASSED, 'message', details);
    expect(outsideOfCode(summaryOf(report))).not.toContain('# x');
  });

  it('has no colours in a block', () => {
    const report = failedAt('stack', 'container-failed', PASSED, 'message', [
      '\u001b[31mred\u001b[0m\tand\u0007 more',
    ]);
    expect(summaryOf(report)).toContain('```text\nred\tand  more\n```');
  });

  it('stands in a diagram as letters and references', () => {
    const cluster = PASSED.cluster.map(member => ({ ...member, service: '"]; x --> y[`#quot;' }));
    expect(diagramsOf(summaryOf({ ...PASSED, cluster }))[0]?.join('\n')).toContain(
      '["✔ #34;#93;#59; x --#62; y#91;#96;#35;quot#59;<br/>localhost#58;19092',
    );
  });

  it('cannot end the fold it stands in', () => {
    const logs = [
      {
        container: '</code></summary></details>',
        service: 'broker',
        isRunning: false,
        lines: ['</details>'],
      },
    ];
    const markdown = summaryOf(
      failedAt('stack', 'container-failed', { ...PASSED, diagnosis: { logs, disk: [], memory: [] } }),
    );
    expect(markdown).toContain('<code>&#60;/code&#62;&#60;/summary&#62;&#60;/details&#62;</code>');
    const outside = outsideOfCode(markdown);
    expect(outside.split(/<details(?: open)?>/).length).toBe(outside.split('</details>').length);
  });
});
