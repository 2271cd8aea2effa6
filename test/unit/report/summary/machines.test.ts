import { describe, expect, it } from 'vitest';
import { emptyReport, type Report } from '../../../../src/report/report.ts';
import { commandsSection } from '../../../../src/report/summary/commands.ts';
import { machinesSection } from '../../../../src/report/summary/machines.ts';

const NAMES = ['10.0.1.5', '10.0.1.6', '10.0.1.7'];
const machines: Report['machines'] = NAMES.map((name, index) => ({
  ...{ name, host: `ec2-user@${name}`, ssh: `ssh ec2-user@${name}`, address: name, nodeId: index + 1 },
  ...{ roles: 'controller+broker', hasRegistry: index === 0, bootstrapServer: `localhost:${index + 1}9092` },
}));
const ways: NonNullable<Report['ways']> = NAMES.flatMap(from =>
  NAMES.filter(to => to !== from).map(to => ({ from, to, port: 9092, state: 'open' as const })),
);
const report = (more: Partial<Report> = {}): Report => ({
  ...emptyReport('deploy', { runId: 'ab12', startedAt: new Date(0) }),
  machines,
  ...more,
});
const textOf = (more: Partial<Report> = {}) => machinesSection(report(more)).join('\n');

describe('the machines in the summary', () => {
  it('are nothing with one machine', () => {
    expect(machinesSection({ ...report(), machines: undefined })).toEqual([]);
  });

  it('have a row each', () => {
    const rows = textOf()
      .split('\n')
      .filter(line => line.startsWith('| 10'));
    expect(rows).toHaveLength(3);
    expect(rows[0]).toContain('controller, broker, schema registry');
    expect(rows[1]).toContain('`localhost:29092`');
  });

  it('say in which rack they stand, where that is known', () => {
    expect(textOf()).not.toContain('rack');
    const racked = machines?.map((machine, index) => ({ ...machine, rack: `zone-${index}` }));
    const text = textOf({ machines: racked });
    expect(text).toMatch(/\| private address \| rack \|/);
    expect(text).toMatch(/`10\.0\.1\.6` \| zone-1 \|/);
  });

  it('tell in a matrix who reaches whom', () => {
    const closed = ways.map((way, index) => (index === 1 ? { ...way, state: 'silent' as const } : way));
    expect(textOf({ ways })).toContain('Who reaches whom: all 6 ways are open');
    const text = textOf({ ways: closed });
    expect(text).toContain('1 of 6 ways are closed');
    expect(text).toMatch(/\| 10\.0\.1\.5 \|\s+\| ✔ 9092 \| ✘ 9092 silent \|/);
  });

  it('are so many that only what is closed is told', () => {
    const many = Array.from({ length: 20 }, (_, index) => ({ name: `m${index}`, host: `u@m${index}` }));
    const text = textOf({
      machines: many,
      ways: [
        { from: 'm1', to: 'm2', port: 9092, state: 'open' },
        { from: 'm1', to: 'm3', port: 9093, state: 'refused' },
      ],
    });
    expect(text).toContain('- m1 → m3:9093: refused');
    expect(text).not.toContain('to m19');
  });
});

describe('the commands after a failure', () => {
  it('begin on the machine where it failed', () => {
    const failure = {
      step: 'stack',
      machine: '10.0.1.6',
      code: 'stack-failed',
      message: '',
      hint: '',
      details: [],
    };
    const text = commandsSection(report({ failure: failure as Report['failure'] })).join('\n');
    expect(text).toContain('ssh ec2-user@10.0.1.6\n');
  });

  it('begin on the machine whose container is to blame', () => {
    const failure = { step: 'kafka-ready', code: 'kafka-not-ready', message: '', hint: '', details: [] };
    const log = { container: 'd-kafka-1@10.0.1.7', service: 'kafka@10.0.1.7', isRunning: false, lines: [] };
    const text = commandsSection(
      report({
        failure: failure as Report['failure'],
        diagnosis: { logs: [log], disk: [], memory: [] },
        project: { name: 'd', directory: '/d', composeFiles: [] },
      }),
    ).join('\n');
    expect(text).toContain('ssh ec2-user@10.0.1.7\n');
    expect(text).toMatch(/ restart kafka$/m);
  });
});
