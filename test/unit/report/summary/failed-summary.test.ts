import { describe, expect, it } from 'vitest';
import { summaryOf } from '../../../../src/report/summary/summary.ts';
import { counts, FAILED, failedAt, PASSED, trip } from '../../support/reports.ts';
import { diagramsOf, readBlocks, rowsOf } from '../markdown-reading.ts';
import { SAMPLES } from '../sample-reports.ts';

const sample = (name: string) => SAMPLES[name] ?? expect.unreachable(`no sample ${name}`);
const firstLine = (markdown: string) => markdown.split('\n')[0];

describe('the summary of a run that failed', () => {
  it('says where and how soon, what, why, what to do, and what the machine had to say', () => {
    const markdown = summaryOf(FAILED);
    expect(firstLine(markdown)).toBe(
      '## ❌ Kafka on `ec2-user@machine.example`: failed at `stack` after 12\u00a0s with `container-failed`',
    );
    expect(markdown).toContain(
      '**not up: broker (Exited (1))**\n\n```text\nkafka-broker-1: Exited (1)\n  KAFKA_BROKER_ID is required\n```\n\n' +
        "**What to do:** Read the container's last lines above.",
    );
    expect(markdown).toContain(
      '<summary>Last lines of container <code>docker_exp-kafka-broker-1-1</code>: Exited (1) 3 seconds ago</summary>',
    );
    expect(markdown).toContain('/dev/xvda1   20G   4G\n\n        total  used');
    expect(rowsOf(markdown)).toContainEqual([
      '❌ Title of stack',
      'failed, after a change',
      '1.5\u00a0s',
      'detail of stack',
    ]);
    expect(rowsOf(markdown)).toContainEqual(['⏭️ Title of topic', 'skipped', 'detail of topic']);
  });

  it('has no empty tables and no diagram when it did not even connect', () => {
    const markdown = summaryOf(sample('failed at connect'));
    expect(firstLine(markdown)).toBe(
      '## ❌ Kafka: failed at `connect` after 1\u00a0min\u00a00\u00a0s with `ssh-unreachable`',
    );
    expect(rowsOf(markdown)).toEqual([]);
    expect(readBlocks(markdown).blocks).toEqual([]);
    expect(firstLine(summaryOf(sample('failed at inputs')))).toBe(
      '## ❌ Kafka: failed at `inputs` with `input-invalid`',
    );
  });

  it('shows the log of the container that failed at once, and the other ones in folds', () => {
    const [failing] = FAILED.diagnosis?.logs ?? [];
    const well = { container: 'well', service: 'well', isRunning: true, lines: ['all is well'] };
    const diagnosis = { disk: [], memory: [], logs: failing ? [well, failing] : [] };
    const markdown = summaryOf({ ...FAILED, diagnosis });
    const [open, closed] = ['<details open>', '<details>'].map(tag => markdown.indexOf(tag));
    expect(markdown.slice(open)).toMatch(
      /^<details open>\n<summary>Last lines of container <code>docker_exp-/,
    );
    expect(open).toBeLessThan(markdown.indexOf('### Steps'));
    expect(closed).toBeGreaterThan(markdown.indexOf('### To look for yourself'));
  });

  it('has commands to paste with the machine, the project and the service in them', () => {
    const compose = 'sudo /usr/local/bin/docker-compose --project-name docker_exp';
    expect(summaryOf(FAILED)).toContain(
      [
        '```sh',
        ...['ssh ec2-user@machine.example', '', 'cd /home/ec2-user/docker_exp', `${compose} ps --all`],
        ...[`${compose} logs --tail 100 kafka-broker-1`, `${compose} restart kafka-broker-1`],
        ...['sudo ss -ltnp', 'df -h && sudo docker system df'],
      ].join('\n'),
    );
    const { project: _, ssh: __, diagnosis: ___, ...bare } = FAILED;
    expect(summaryOf(bare)).toContain('```sh\nsudo docker ps --all\nsudo ss -ltnp\n');
    for (const name of ['failed at inputs', 'cancelled', 'failed at connect'])
      expect(summaryOf(sample(name))).not.toContain('```sh');
  });

  it('leads to what the documentation of this version says of the code', () => {
    expect(summaryOf(FAILED, 'https://github.com/org/kafka/blob/v1/docs')).toContain(
      '[What container-failed means](https://github.com/org/kafka/blob/v1/docs/troubleshooting.md#container-failed)',
    );
    expect(summaryOf(FAILED)).not.toContain('troubleshooting.md');
  });

  it('says that it was cancelled', () => {
    expect(firstLine(summaryOf(sample('cancelled')))).toContain('cancelled at `topic` after');
  });

  it('says where lost messages are, and what the group did wrong', () => {
    const markdown = summaryOf(sample('failed with lost messages'));
    expect(rowsOf(markdown)).toContainEqual([
      '❌ Runner, through SSH',
      '12',
      '12',
      '9',
      '❌ **1**',
      '❌ **1**',
      '❌ **1**',
      '❌ **1**',
      '0',
      '❌ **2**',
    ]);
    expect(markdown).toContain(
      '- ❌ **Where those are that did not come back** (Runner, through SSH): 1 not on the broker any more; ' +
        '1 on the broker, but not received; 1 unknown, the broker could not be read',
    );
    expect(rowsOf(markdown)).toContainEqual([
      '4',
      '1',
      '17',
      'not on the broker any more',
      'another record is at its offset',
    ]);
    for (const problem of [
      'partition 1: committed 19, expected 20',
      'partition 0: the second consumer started at offset 3, not at 4',
      'the second consumer received 2 of the 3 messages sent for it',
    ])
      expect(markdown).toContain(`- ❌ **Consumer group** (Runner, through SSH): ${problem}\n`);
    expect(markdown).not.toContain('✅ **Consumer groups**');
  });

  it('shows the log of a broker that runs and does not answer open and first, and how it is started anew', () => {
    const logs = ['kafka-broker-1', 'kafka-broker-2'].map(service => ({
      ...{ service, container: `docker_exp-${service}-1`, isRunning: true, lines: [`${service} said this`] },
    }));
    const { failure = expect.unreachable() } = failedAt('kafka-ready', 'kafka-not-ready', PASSED);
    const silent = { ...failure, facts: { silentBrokers: ['localhost:29092'] } };
    const { ssh, project } = FAILED;
    const markdown = summaryOf({
      ...{ ...PASSED, ssh, project, result: 'failed', failure: silent },
      diagnosis: { disk: [], memory: [], logs },
    });
    expect(markdown.match(/<details open>.*?<code>(.*?)<\/code>/s)?.[1]).toBe('docker_exp-kafka-broker-2-1');
    expect(markdown).toMatch(/--project-name \S+ restart kafka-broker-2\n/);
  });

  it('says where messages are that consumer.py did not get', () => {
    const markdown = summaryOf(sample('failed with messages that consumer.py did not get'));
    expect(rowsOf(markdown)).toContainEqual([
      '–',
      '1',
      '18',
      'on the broker, but not received',
      'it is there',
    ]);
  });

  it('does not call a pair of scripts good that failed beside their counts', () => {
    const report = failedAt('smoke-test-host', 'host-client-failed', PASSED);
    expect(rowsOf(summaryOf(report)).map(([name]) => name)).toContain('❌ Python on the machine');
  });

  it.each([
    ['sent more than was acknowledged', { counts: counts(12, { sent: 13 }) }],
    ['was interrupted', { interruption: 'the broker did not answer' }],
    ['had a copy too many', { counts: counts(12, { duplicated: 1 }) }],
  ])('does not call a round trip good that %s', (_, more) => {
    const rows = rowsOf(summaryOf({ ...PASSED, runnerClients: trip(12, more) }));
    expect(rows.map(([name]) => name)).toContain('❌ Runner, through SSH');
  });

  it('does not call a drill good that failed beside its messages', () => {
    expect(summaryOf(failedAt('drill', 'replicas-out-of-sync', PASSED))).toContain('### ❌ Drill');
    expect(summaryOf(failedAt('stack', 'internal', PASSED))).toContain('### ✅ Drill');
  });

  it('names only the places where lost messages are', () => {
    const missing = { gone: 2, unread: 0, unknown: 0, examples: [] };
    const report = { ...PASSED, runnerClients: trip(12, { missing }) };
    expect(summaryOf(report)).toContain('(Runner, through SSH): 2 not on the broker any more\n');
  });

  it('says what interrupted a round trip', () => {
    expect(summaryOf(sample('failed before anything came back'))).toContain(
      '- ❌ **Runner, through SSH**, interrupted: the broker did not answer',
    );
  });

  it('marks a broker that did not give everything back', () => {
    const [first, ...others] = trip(12).brokers;
    const brokers = [{ ...(first ?? expect.unreachable()), consumed: 2 }, ...others];
    const lost = trip(12, { brokers, counts: counts(12, { consumed: 10, lost: 2 }) });
    expect(rowsOf(summaryOf({ ...PASSED, runnerClients: lost }))).toContainEqual([
      '1',
      '`localhost:19092`',
      '0',
      '4',
      '❌ **2**',
      '3.1',
      '10.0',
      '12.0',
      '15.5',
    ]);
  });

  it('says that the drill was cut off, and how far it came', () => {
    const markdown = summaryOf(sample('drill cut off'));
    expect(markdown).toContain('### ❌ Drill: broker 2 (`kafka-broker-2`)');
    expect(markdown).toContain('The drill was cut off');
    expect(diagramsOf(markdown).at(-1)?.at(-1)).toContain('has stopped :milestone, ');
  });
});
