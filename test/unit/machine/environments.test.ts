import { describe, expect, it } from 'vitest';
import type { StoredRecord } from '../../../src/machine/deployment-records.ts';
import { listEnvironments, logEnvironments } from '../../../src/machine/environments.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { PASSED } from '../support/reports.ts';
import { type Answer, ScriptedHost } from '../support/scripted-host.ts';

const { machine: facts = expect.unreachable('the sample has a machine') } = PASSED;
const MACHINE = { ...facts, hasDocker: true };
const NOW = Date.parse('2025-01-10T12:00:00Z');
const HOUR_MS = 3_600_000;

const record = (environment: string, usedAgoMs = 0, more: Partial<StoredRecord> = {}): StoredRecord => ({
  version: 1,
  project: `kafka-${environment}`,
  directory: `/home/ec2-user/kafka-${environment}`,
  files: [],
  environment,
  portShift: 100,
  ports: [2281, 8181],
  usedAt: new Date(NOW - usedAgoMs).toISOString(),
  ...more,
});

function list(records: readonly StoredRecord[], answer: Answer = 0, machine = MACHINE) {
  const host = new ScriptedHost([[/^docker ps /, answer]]);
  return { host, found: listEnvironments(host, records, machine) };
}

describe('the environments on a machine', () => {
  it('each have the containers that run counted', async () => {
    const stdout = 'kafka-pr-1\nkafka-pr-10\nkafka-pr-1\nother\n\n';
    const { host, found } = list([record('pr-1'), record('pr-2'), record('pr-10')], { stdout });
    const running = (await found).map(({ environment, containersRunning }) => [
      environment,
      containersRunning,
    ]);
    expect(Object.fromEntries(running)).toEqual({ 'pr-1': 2, 'pr-2': 0, 'pr-10': 1 });
    expect(host.ran).toEqual(['sudo docker ps --format {{.Label "com.docker.compose.project"}}']);
  });

  it('come in the order in which they were last used, the longest unused first', async () => {
    const records = [record('b', HOUR_MS), record('a', 0), record('c', 50 * HOUR_MS)];
    expect((await list(records).found).map(({ environment }) => environment)).toEqual(['c', 'b', 'a']);
  });

  it('say what is known of them, and not how they are noted', async () => {
    const run = 'https://github.com/org/repo/actions/runs/7';
    expect(await list([record('pr-1', 0, { run })]).found).toEqual([
      {
        ...{ environment: 'pr-1', project: 'kafka-pr-1', directory: '/home/ec2-user/kafka-pr-1' },
        ...{ ports: [2281, 8181], usedAt: '2025-01-10T12:00:00.000Z', run, containersRunning: 0 },
      },
    ]);
  });

  it('are counted on a machine that had no Docker when the run began', async () => {
    const stdout = 'kafka-pr-1\nkafka-pr-1\n';
    const [listed] = await list([record('pr-1')], { stdout }, { ...MACHINE, hasDocker: false }).found;
    expect(listed?.containersRunning).toBe(2);
  });

  it('are none of the deployments without an environment, and then Docker is not asked', async () => {
    const { environment: _, ...plain } = record('x');
    const { host, found } = list([plain]);
    expect(await found).toEqual([]);
    expect(host.ran).toEqual([]);
  });

  it.each([
    ['Docker does not answer', MACHINE, 1],
    ['there is no Docker', { ...MACHINE, hasDocker: false }, 127],
    ['there is no sudo', { ...MACHINE, hasSudo: false }, { throws: new Error('it is asked') }],
  ])('are listed also when %s', async (_, machine, answer) => {
    expect(await list([record('pr-1')], answer, machine).found).toMatchObject([{ containersRunning: 0 }]);
  });
});

describe('the log of the environments', () => {
  const logged = async (...records: StoredRecord[]) => {
    const log = new RecordingLog();
    logEnvironments(log, await list(records).found, NOW);
    return log;
  };

  it('is silent when there are none', async () => {
    expect((await logged()).lines).toEqual([]);
  });

  it('has a line for each, in a group', async () => {
    const run = 'https://github.com/org/repo/actions/runs/7';
    expect((await logged(record('pr-1', 3 * HOUR_MS, { run }), record('pr-2'))).lines).toEqual([
      'group Environments on the machine: 2',
      `info pr-1: containers running: 0, last used 3 hours ago, ports 2281 8181, directory /home/ec2-user/kafka-pr-1, made by ${run}`,
      'info pr-2: containers running: 0, last used within the last hour, ports 2281 8181, directory /home/ec2-user/kafka-pr-2',
      'endgroup',
    ]);
  });

  it.each([
    [0, 'within the last hour'],
    [-5_000, 'within the last hour'],
    [HOUR_MS - 1, 'within the last hour'],
    [HOUR_MS, '1 hour ago'],
    [2 * HOUR_MS - 1, '1 hour ago'],
    [47 * HOUR_MS, '47 hours ago'],
    [48 * HOUR_MS, '2 days ago'],
    [30 * 24 * HOUR_MS, '30 days ago'],
  ])('says of %i ms: %s', async (ms, words) => {
    expect((await logged(record('x', ms))).text).toContain(`last used ${words}, ports`);
  });

  it('warns of those that nobody has used for a week, outside of the group', async () => {
    const week = 7 * 24 * HOUR_MS;
    const log = await logged(
      record('new'),
      record('week', week),
      record('old', week + 1),
      record('older', 2 * week),
    );
    expect(log.warnings).toEqual([
      'environments that nobody has used for a week: older (14 days ago), old (7 days ago). mode down with this environment takes one down; with environment "*" and unused-for: 7d it takes down all of them.',
    ]);
    expect(log.lines.at(-2)).toBe('endgroup');
    expect((await logged(record('week', week))).warnings).toEqual([]);
  });
});
