import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/report/report.ts';
import { summaryOf } from '../../../src/report/summary.ts';
import { FAILED, PASSED } from '../support/reports.ts';

const failedWith = (part: Partial<Failure>) => ({
  ...FAILED,
  failure: { ...(FAILED.failure ?? expect.unreachable()), ...part },
});

/** The cells of each table row. */
const rows = (markdown: string) =>
  markdown
    .split('\n')
    .filter(line => line.startsWith('| '))
    .map(line => line.slice(2, -2).split(' | '));

/** What stands outside of code blocks, by CommonMark's rule for fences. */
function outsideOfCode(markdown: string): string {
  const kept: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split(/\r\n|\r|\n/)) {
    const run = /^ {0,3}(`{3,})([^`]*)$/.exec(line);
    if (fence === undefined && run) fence = run[1];
    else if (fence !== undefined && run && run[2]?.trim() === '' && (run[1]?.length ?? 0) >= fence.length)
      fence = undefined;
    else if (fence === undefined) kept.push(line);
  }
  return fence === undefined ? kept.join('\n') : expect.unreachable('a code block is not closed');
}

describe('the summary', () => {
  it('of a run that passed begins with the verdict and has the counts', () => {
    const markdown = summaryOf(PASSED);
    expect(markdown.split('\n')[0]).toBe(
      '## ✅ Kafka on `ec2-user@machine.example`: every message came back',
    );
    expect(markdown).toContain('In 1 min 5 s; 2 steps changed the machine.');
    expect(rows(markdown)).toContainEqual([
      'Runner, through SSH',
      '10',
      '10',
      '0',
      '0',
      '0',
      '3.1 / 10.0 / 12.0',
    ]);
    expect(rows(markdown)).toContainEqual(['Python on the machine', '10', '10', '', '', '', '']);
    expect(rows(markdown)).toContainEqual([
      '🔧 Title of directory',
      'changed',
      '1.5\u00a0s',
      'detail of directory',
    ]);
    expect(markdown).toContain('Amazon Linux 2023.9, x86\\_64.'.replace('\\_', '_'));
    expect(markdown).toContain('Bootstrap servers on the machine: `localhost:19092,localhost:29092`.');
    expect(markdown).toContain('Schema registry: `http://localhost:8081`.');
  });

  it('says when nothing had to be changed', () => {
    const steps = PASSED.steps.map(step => ({ ...step, status: 'unchanged' as const, changed: false }));
    expect(summaryOf({ ...PASSED, steps })).toContain('nothing had to be changed');
  });

  it('of a run that failed begins with where, and says what, why and what to do', () => {
    const markdown = summaryOf(FAILED);
    const [first, , message] = markdown.split('\n');
    expect(first).toBe('## ❌ Kafka on `ec2-user@machine.example`: failed at `stack` after 12 s');
    expect(message).toBe('**not up: broker (Exited (1))** (`container-failed`)');
    expect(markdown).toContain(
      '```text\nkafka-broker-1: Exited (1)\n  KAFKA_BROKER_ID is required\n```\n\n' +
        "What to do: Read the container's last lines above.",
    );
    expect(rows(markdown)).toContainEqual(['⏭️ Title of topic', 'skipped', '', 'detail of topic']);
  });

  it('of a run that did not even connect has no empty tables', () => {
    const { host: _, ...report } = { ...FAILED, steps: [] };
    expect(rows(summaryOf(report))).toEqual([]);
    expect(summaryOf(report)).toMatch(/^## ❌ Kafka: failed at `stack`/);
  });
});

describe('text from outside', () => {
  it.each([
    ['a | b', 'a \\| b'],
    ['`code`', '\\`code\\`'],
    ['<b>bold</b>', '\\<b\\>bold\\</b\\>'],
    ['[a](javascript:b)', '\\[a\\](javascript:b)'],
    ['**x** _y_', '\\*\\*x\\*\\* \\_y\\_'],
    ['back\\slash', 'back\\\\slash'],
    ['two\nlines', 'two lines'],
    ['two\r\n  lines', 'two lines'],
    ['two\rlines', 'two lines'],
  ])('is plain text in one cell: %j', (detail, cell) => {
    const steps = PASSED.steps.slice(0, 1).map(step => ({ ...step, detail }));
    expect(summaryOf({ ...PASSED, steps }).split('\n')).toContain(
      `| ✅ Title of machine | passed | 1.5\u00a0s | ${cell} |`,
    );
  });

  it('cannot end the code it stands in', () => {
    expect(summaryOf({ ...PASSED, host: 'a`b' })).toContain("`a'b`");
  });

  it.each([
    [['```', '# x']],
    [['````text', '```']],
    [['`\n````\n# x']],
    [['` x\r````\r# x']],
    [['a `` b ``````````']],
  ])('cannot end the block it stands in: %j', details => {
    expect(outsideOfCode(summaryOf(failedWith({ details })))).not.toContain('# x');
  });

  it('of any kind leaves the rest of the summary as it is', () => {
    const piece = fc.constantFrom(
      '`',
      '```',
      '````',
      '~~~',
      '\n',
      '\r',
      '\r\n',
      '|',
      'x',
      ' ',
      '# ',
      '<',
      '\\',
    );
    const text = fc.array(piece, { maxLength: 12 }).map(pieces => pieces.join(''));
    const skeleton = (markdown: string) => outsideOfCode(markdown).split('\n').length;
    const usual = skeleton(summaryOf(failedWith({ details: ['x'] })));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), details => {
        expect(skeleton(summaryOf(failedWith({ details })))).toBe(usual);
      }),
      { numRuns: 300 },
    );
  });
});
