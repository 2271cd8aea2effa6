import { describe, expect, it } from 'vitest';
import { environmentsSection } from '../../../../src/report/summary/environments.ts';
import { planSection } from '../../../../src/report/summary/plan.ts';
import { summaryOf } from '../../../../src/report/summary/summary.ts';
import { failedAt, JUDGEMENT, PASSED, PLAN, step } from '../../support/reports.ts';
import { readBlocks, rowsOf } from '../markdown-reading.ts';
import { SAMPLES } from '../sample-reports.ts';

const firstLine = (markdown: string) => markdown.split('\n')[0];
const [environment = expect.unreachable('the sample has environments')] = PLAN.environments ?? [];

describe('the summary of a plan', () => {
  const markdown = summaryOf(PLAN);

  it('says first how much would change', () => {
    expect(firstLine(markdown)).toBe(
      '## ✏️ Kafka on `ec2-user@machine.example`: a deployment would change the machine in 2 steps (compose-file, stack)',
    );
    expect(firstLine(summaryOf({ ...PLAN, steps: [step('stack', 'unchanged')] }))).toBe(
      '## ✏️ Kafka on `ec2-user@machine.example`: a deployment would change nothing',
    );
  });

  it('has each step, with what would be done', () => {
    const rows = rowsOf(markdown);
    expect(rows).toContainEqual(['✏️ Title of stack', 'planned', '1.5\u00a0s', 'to do after compose-file']);
    expect(rows.find(([name]) => name?.includes('Title of directory'))?.[1]).toBe('unchanged');
  });

  it('shows the difference of a file as one', () => {
    expect(markdown).toContain('<summary>What would change: Title of compose-file</summary>');
    expect(markdown).toContain('```diff\n@@ -1 +1 @@\n-    image: a:1\n+    image: a:2\n```');
    expect(markdown).not.toContain('What would change: Title of stack');
  });

  it('keeps a difference that holds a fence, and a title that holds a tag', () => {
    const foreseen = ['-```', '+</details>'];
    const report = { ...PLAN, steps: [step('compose-file', 'planned', { title: '<b> & c', foreseen })] };
    expect(planSection(report).join('\n')).toContain('What would change: &#60;b&#62; &#38; c');
    expect(readBlocks(summaryOf(report)).blocks.flatMap(({ lines }) => lines)).toEqual(
      expect.arrayContaining(foreseen),
    );
  });

  it('has no such part when nothing is foreseen, or nothing planned', () => {
    expect(planSection({ ...PLAN, steps: [step('stack', 'planned')] })).toEqual([]);
    expect(planSection(PASSED)).toEqual([]);
  });
});

describe('the environments in the summary', () => {
  it('are a table, folded, in the order of the report', () => {
    const markdown = environmentsSection(PLAN).join('\n');
    expect(markdown).toContain('<summary>Environments on the machine (2)</summary>');
    expect(rowsOf(markdown).slice(2)).toEqual([
      [
        '`pr-41`',
        '5',
        '2025-01-01 00:00',
        '2281, 19192, 29192, 39192, 8181',
        '`/home/ec2-user/docker_exp-pr-41`',
        expect.stringContaining('actions/runs/7'),
      ],
      ['`pr-42`', '0', 'unknown', '2281, 19192, 29192, 39192, 8181', '`/home/ec2-user/docker_exp-pr-41`'],
    ]);
  });

  it('are not there when there are none, or were not looked for', () => {
    expect(environmentsSection({ ...PLAN, environments: [] })).toEqual([]);
    expect(environmentsSection(PASSED)).toEqual([]);
    expect(summaryOf(PASSED)).not.toContain('Environments on the machine');
  });

  it('are listed whatever the mode, and after a failure', () => {
    for (const report of [
      { ...PASSED, environments: [environment] },
      failedAt('stack', 'port-in-use', { ...PASSED, environments: [environment] }),
    ])
      expect(summaryOf(report)).toContain('<summary>Environments on the machine (1)</summary>');
  });

  it('are text, whatever stands in a note on the machine', () => {
    const hostile = { ...environment, directory: '/a|b`c\n', run: '[x](y) <img> | \n# z' };
    const markdown = environmentsSection({ ...PLAN, environments: [hostile] }).join('\n');
    const [, , row, ...others] = rowsOf(markdown);
    expect(row).toHaveLength(6);
    expect(others).toEqual([]);
    expect(markdown).not.toMatch(/<img>|[^\\]\[x|^# z/m);
  });
});

describe('the summary of a cluster that was taken down', () => {
  it('says first what was removed', () => {
    const steps = [step('containers', 'changed'), step('volumes', 'changed')];
    expect(firstLine(summaryOf({ ...PLAN, mode: 'down', steps }))).toBe(
      '## ✅ Kafka on `ec2-user@machine.example`: taken down: containers, volumes',
    );
    expect(firstLine(summaryOf({ ...PLAN, mode: 'down', steps: [] }))).toBe(
      '## ✅ Kafka on `ec2-user@machine.example`: nothing was there to take down',
    );
  });
});

describe('the summary of a sweep', () => {
  const { sweep: report = expect.unreachable() } = SAMPLES;

  it('says first how many went, then of each why', () => {
    const text = summaryOf(report);
    expect(firstLine(text)).toBe(
      '## ✅ Kafka on `ec2-user@machine.example`: 1 of 3 environments taken down (pr-1)',
    );
    expect(rowsOf(text)).toEqual(
      expect.arrayContaining([
        ['`pr-1`', '🗑️ gone', 'last used 9 days ago', '2025-06-01 10:00'],
        ['`pr-2`', 'stays', 'last used 5 hours ago', '2025-06-09 10:00'],
        ['`pr-3`', 'stays', 'nothing on the machine tells when it was last used', 'unknown'],
      ]),
    );
  });

  it('of a plan says what would go, and of one with nothing to do how many stay', () => {
    const { sweep } = report;
    const planned = sweep?.environments.map(each => ({ ...each, end: 'would-go' as const })) ?? [];
    const plan = { ...report, mode: 'plan' as const, sweep: { unusedForMs: 1, environments: planned } };
    expect(firstLine(summaryOf(plan))).toMatch(/^## ✏️ .*: 3 of 3 environments would be taken down \(pr-1, /u);
    const none = { ...report, sweep: { unusedForMs: 1, environments: [] } };
    expect(firstLine(summaryOf(none))).toMatch(/no environment is to be taken down, 0 environments/);
  });
});

describe('the summary of the linter', () => {
  const summary = (ignored: number) =>
    summaryOf({ ...PASSED, mode: 'lint', lint: { ...JUDGEMENT, level: 'off', ignored } });

  it('names the other lines of a finding', () => {
    expect(rowsOf(summary(0)).flat()).toContainEqual(
      'The data are gone with the container. Also at line 41. Name a volume.',
    );
  });

  it('says how much comments switch off', () => {
    expect(firstLine(summary(1))).toBe(
      '## ✅ `docker-compose.yml`: 1 error, 1 warning, 1 fixed, 1 switched off',
    );
    expect(summary(1)).toContain('\n\n1 finding switched off by comments in the file.\n');
    expect(summary(2)).toContain('2 findings switched off');
    expect(summary(0)).not.toContain('switched off');
  });
});
