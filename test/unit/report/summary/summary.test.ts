import { describe, expect, it } from 'vitest';
import { summaryOf } from '../../../../src/report/summary/summary.ts';
import { PASSED } from '../../support/reports.ts';
import { diagramsOf, outsideOfCode, rowsOf, strangeLines, tableShapes } from '../markdown-reading.ts';
import { SAMPLES } from '../sample-reports.ts';

const sample = (name: string) => SAMPLES[name] ?? expect.unreachable(`no sample ${name}`);
const firstLine = (markdown: string) => markdown.split('\n')[0];

describe('every summary', () => {
  it.each(Object.entries(SAMPLES))('is sound Markdown: a run that %s', (_, report) => {
    const markdown = summaryOf(report);
    const outside = outsideOfCode(markdown);
    expect(firstLine(markdown)).toMatch(
      report.result === 'passed'
        ? /^## (✅|✏️) (Kafka|`docker-compose)/u
        : /^## (❌|🚫) (Kafka|`docker-compose)/,
    );
    expect(diagramsOf(markdown).flatMap(strangeLines)).toEqual([]);
    for (const [header, ...rest] of tableShapes(markdown))
      expect(rest.every(cells => cells === header)).toBe(true);
    expect(outside.match(/<details( open)?>/g)?.length).toBe(outside.match(/<\/details>/g)?.length);
    expect(markdown).not.toMatch(/undefined|NaN|Infinity|\[object/);
  });
});

describe('the summary of a run that passed', () => {
  const markdown = summaryOf(PASSED);

  it('says what was proven, in one breath', () => {
    const [first, , second] = markdown.split('\n');
    expect(first).toBe('## ✅ Kafka on `ec2-user@machine.example`: every message came back');
    expect(second?.replaceAll('\u00a0', ' ')).toBe(
      'In 1 min 5 s: 10 of 10 on the machine and 10 of 10 from the runner came back, once, whole and in order; ' +
        "30 of 30 by way of every broker, in the schema registry's format; " +
        'none of 333 lost while a broker was restarted; 2 steps changed the machine.',
    );
  });

  it('says when nothing had to be changed', () => {
    const steps = PASSED.steps.map(step => ({ ...step, status: 'unchanged' as const, changed: false }));
    expect(summaryOf({ ...PASSED, steps })).toContain('; nothing had to be changed.');
  });

  it('says what stays open on the runner', () => {
    expect(summaryOf(sample('passed with a tunnel'))).toContain(
      'Open on the runner until the end of the job: `localhost:19092`, `localhost:29092`, `localhost:39092`, `localhost:8081`.',
    );
    expect(markdown).not.toContain('Open on the runner');
  });

  it('counts the messages of every pair of clients', () => {
    for (const [name, messages] of [
      ['✅ Python on the machine', '10'],
      ['✅ Runner, through SSH', '10'],
      ['✅ Topic led by every broker', '30'],
      ['✅ During the drill', '333'],
    ] as const)
      expect(rowsOf(markdown)).toContainEqual([
        name,
        messages,
        messages,
        messages,
        ...new Array(6).fill('0'),
      ]);
    expect(markdown).toContain('went on where the first had stopped (9 messages, not counted above)');
    expect(markdown).toContain('schema 2 registered as `kafka-al2023-action-ab12cd34-value`, read back');
  });

  it('has what went by way of each broker', () => {
    expect(rowsOf(markdown)).toContainEqual([
      '2',
      '`localhost:29092`',
      '1',
      '3',
      '3',
      '3.1',
      '10.0',
      '12.0',
      '15.5',
    ]);
    expect(markdown).toContain(
      '(`test-topic`): p50 3.1, p95 10.0, p99 12.0, max 15.5 ms; 71 messages a second',
    );
  });

  it('has the time line of the drill, and its figures', () => {
    expect(rowsOf(markdown)).toContainEqual(['1.0\u00a0s', '6.7\u00a0s', '333', '0']);
    const gantt = diagramsOf(markdown).find(lines => lines.includes('gantt')) ?? [];
    expect(gantt).toContain(
      '  3.2 s, broker 2 (kafka-broker-2) has stopped :crit, 2000-01-01 12:00:03.184, 2000-01-01 12:00:08.707',
    );
    expect(gantt.at(-1)).toBe('  16.9 s, messages stop :milestone, 2000-01-01 12:00:16.946, 0ms');
  });

  it('has the steps, the machine, the versions and the addresses', () => {
    expect(rowsOf(markdown)).toContainEqual([
      '🔧 Title of directory',
      'changed',
      '1.5\u00a0s',
      'detail of directory',
    ]);
    expect(rowsOf(markdown)).toContainEqual(['system', 'Amazon Linux 2023.9, x86\\_64']);
    expect(rowsOf(markdown).filter(([name]) => name === 'system')).toHaveLength(1);
    expect(rowsOf(markdown)).toContainEqual(['memory', '4.0 GiB']);
    expect(rowsOf(markdown)).toContainEqual(['Docker Engine', '25.0.8']);
    expect(markdown).toContain('Schema registry: `http://localhost:8081`.');
  });

  it('shows what the topic kept from being proven', () => {
    expect(markdown).not.toContain('another layout');
    expect(summaryOf(sample('passed without the drill, with a warning about the topic'))).toContain(
      '> topic test-topic has replication factor 1 where 3 is possible',
    );
  });

  it('goes from what matters to what may be looked up', () => {
    const headings = outsideOfCode(markdown)
      .match(/^#+ .*/gm)
      ?.map(heading => heading.replace(/^#+ /, ''));
    expect(headings?.slice(1)).toEqual([
      'Messages',
      'Cluster',
      'Brokers and latency',
      '✅ Drill: broker 2 (`kafka-broker-2`) restarted while messages flowed',
      'Steps',
    ]);
  });
});
