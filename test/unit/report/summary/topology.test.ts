import { describe, expect, it } from 'vitest';
import type { Report } from '../../../../src/report/report.ts';
import { summaryOf } from '../../../../src/report/summary/summary.ts';
import { broker, CLUSTER, counts, FAILED, failedAt, PASSED, trip } from '../../support/reports.ts';
import { diagramsOf, outsideOfCode, strangeLines } from '../markdown-reading.ts';
import { SAMPLES } from '../sample-reports.ts';

const sample = (name: string) => SAMPLES[name] ?? expect.unreachable(`no sample ${name}`);

const drawing = (report: Report) =>
  diagramsOf(summaryOf(report)).find(lines => lines[0] === 'flowchart LR') ??
  expect.unreachable('no drawing');

/** The first line of each box with its state, and that the sign in it says the same. */
function statesOf(report: Report): Record<string, string> {
  const boxes = drawing(report).flatMap(line => {
    const box = /"(.) ([^"<]*).*:::(\w+)$/.exec(line);
    return box ? [{ sign: box[1] ?? '', title: box[2] ?? '', state: box[3] ?? '' }] : [];
  });
  for (const { sign, state } of boxes) expect(sign).toBe({ up: '✔', down: '✘', unknown: '?' }[state]);
  return Object.fromEntries(boxes.map(({ title, state }) => [title.split(' ')[0] ?? '', state]));
}

const ALL_UP = {
  Producer: 'up',
  Consumer: 'up',
  Topic: 'up',
  ZooKeeper: 'up',
  Schema: 'up',
  'kafka-broker-1': 'up',
  'kafka-broker-2': 'up',
  'kafka-broker-3': 'up',
};

describe('the drawing of the cluster', () => {
  it('has the members of the cluster, their addresses and what ties them', () => {
    const lines = drawing(PASSED).map(line => line.trim());
    expect(statesOf(PASSED)).toEqual(ALL_UP);
    expect(lines).toContain('topic[("✔ Topic test-topic<br/>3 partitions, 3 replicas each")]:::up');
    expect(lines).toContain('member2["✔ kafka-broker-2<br/>localhost#58;29092<br/>leads partition 1"]:::up');
    expect(lines).toContain('member0["✔ ZooKeeper<br/>localhost#58;2181"]:::up');
    expect(lines).toContain(
      'producer["✔ Producer<br/>machine#58; 10 acknowledged<br/>runner#58; 10 acknowledged"]:::up',
    );
    expect(lines).toContain(
      'consumer["✔ Consumer<br/>machine#58; 10 of 10 back<br/>runner#58; 10 of 10 back"]:::up',
    );
    for (const link of [
      'producer -->|writes| topic',
      'consumer -->|reads| topic',
      'topic ---|kept by| brokers',
      'brokers ---|coordinated by| member0',
      'brokers ---|keep schemas of| member4',
    ])
      expect(lines).toContain(link);
  });

  it('has the brokers of a rack in a box of their own', () => {
    const rackOf = (port: number, rack: string) => ({
      ...{ name: `m${port}`, host: `m${port}`, bootstrapServer: `localhost:${port}`, rack },
    });
    const machines = [rackOf(19092, 'a'), rackOf(29092, 'b'), rackOf(39092, 'a')];
    const lines = drawing({ ...PASSED, machines }).map(line => line.trim());
    const [a, b] = [lines.indexOf('subgraph rack0 ["a"]'), lines.indexOf('subgraph rack1 ["b"]')];
    const inside = (from: number) => lines.slice(from + 1, lines.indexOf('end', from));
    expect(inside(a)).toEqual([
      expect.stringContaining('kafka-broker-1'),
      expect.stringContaining('kafka-broker-3'),
    ]);
    expect(inside(b)).toEqual([expect.stringContaining('kafka-broker-2')]);
  });

  it('leaves out members that the cluster does not have', () => {
    expect(statesOf(sample('passed with one broker and no registry'))).toEqual({
      Producer: 'up',
      Consumer: 'up',
      Topic: 'up',
      'kafka-broker-1': 'up',
    });
  });

  it('names the service of a member where it says more than the role', () => {
    const cluster = CLUSTER.map(member =>
      member.role === 'zookeeper' ? { ...member, service: 'zoo' } : member,
    );
    expect(drawing({ ...PASSED, cluster }).join('\n')).toContain('✔ ZooKeeper zoo<br/>');
  });

  it('has any number of brokers, as far as they can be read', () => {
    const brokers = Array.from({ length: 90 }, (_, index) => broker(index + 10));
    const cluster = [...brokers, ...CLUSTER];
    const lines = drawing({ ...PASSED, cluster });
    expect(lines.filter(line => line.includes('✔ kafka-broker-'))).toHaveLength(22);
    // ZooKeeper and the registry come last, and are there all the same.
    expect(statesOf({ ...PASSED, cluster })).toMatchObject({ ZooKeeper: 'up', Schema: 'up', and: 'up' });
    expect(lines).toContain('  more["✔ and 71 more"]:::up');
    expect(lines.join('\n').length).toBeLessThan(50_000);
    expect(strangeLines(lines)).toEqual([]);
  });

  it('shows a broker that is down among however many', () => {
    const brokers = Array.from({ length: 90 }, (_, index) => broker(index + 10));
    const down = broker(5, { state: 'down', status: 'Exited (1)' });
    expect(statesOf({ ...PASSED, cluster: [...brokers, down] })).toMatchObject({ 'kafka-broker-5': 'down' });
    const all = brokers.map(member => ({ ...member, state: 'down' as const }));
    expect(statesOf({ ...PASSED, cluster: all })).toMatchObject({ and: 'down' });
  });

  it('is folded while nothing is known', () => {
    expect(outsideOfCode(summaryOf(sample('failed at the machine')))).toContain(
      '<summary>Cluster: no state is known</summary>',
    );
  });

  it('has the brokers that a run met before it was cut off', () => {
    const { ZooKeeper: _, Schema: __, ...states } = statesOf({ ...PASSED, cluster: [] });
    expect(states).toMatchObject({ broker: 'unknown', Topic: 'up' });
  });
});

describe('the state of a part', () => {
  const states = (report: Report) =>
    Object.entries(statesOf(report)).flatMap(([name, state]) => (state === 'up' ? [] : [`${name} ${state}`]));

  it('is the state of its container', () => {
    expect(states(FAILED)).toEqual([
      'Producer unknown',
      'Consumer unknown',
      'Topic unknown',
      'kafka-broker-1 down',
      'kafka-broker-2 unknown',
    ]);
    expect(drawing(FAILED).join('\n')).toContain('Exited (1) 3 seconds ago"]:::down');
  });

  it.each([
    [['localhost:29092'], ['kafka-broker-2 down']],
    [
      ['localhost:19092', 'localhost:39092'],
      ['kafka-broker-1 down', 'kafka-broker-3 down'],
    ],
    [['localhost:290921'], []],
    [undefined, []],
  ])('is down for a broker that runs, but does not serve: %s', (silentBrokers, expected) => {
    const facts = { silentBrokers };
    const down = failedAt('smoke-test-runner', 'broker-down', PASSED, 'down', [], facts);
    expect(states(down)).toEqual(expected);
    // Where messages are lost too, that comes first.
    const lost = failedAt('smoke-test-runner', 'messages-lost', PASSED, 'lost', ['partition 0'], facts);
    expect(states(lost)).toEqual(['Topic down', ...expected]);
  });

  it.each([
    ['schema-registry-failed', 'Schema down'],
    ['schema-registry-not-ready', 'Schema down'],
    ['offsets-wrong', 'Consumer down'],
    ['messages-unread', 'Consumer down'],
    ['replicas-out-of-sync', 'Topic down'],
    ['topic-not-found', 'Topic down'],
  ] as const)('is down when the failure is about it: %s', (code, expected) => {
    expect(states(failedAt('probe-topic', code, PASSED))).toEqual([expected]);
  });

  it('is what the counts say of producer and consumer', () => {
    const noPair = ({ hostClients: _, ...report }: Report) => report;
    const sent = (more: Parameters<typeof counts>[1]) =>
      states(noPair({ ...PASSED, runnerClients: trip(12, { counts: counts(12, more) }) }));
    expect(sent({})).toEqual([]);
    expect(sent({ acknowledged: 11, consumed: 11 })).toEqual(['Producer down']);
    expect(sent({ consumed: 11 })).toEqual(['Consumer down']);
    const wrong = trip(12, { wrongCommits: ['partition 0: committed 3, expected 4'] });
    expect(states({ ...PASSED, runnerClients: wrong })).toEqual(['Consumer down']);
    expect(sent({ acknowledged: 0, consumed: 0 })).toEqual(['Producer down', 'Consumer unknown']);
  });

  it('is what the scripts say: consumer.py does not run when producer.py failed', () => {
    expect(states(sample('failed at the Python pair'))).toEqual(['Producer down', 'Consumer unknown']);
    expect(states(sample('failed with messages that consumer.py did not get'))).toEqual(['Consumer down']);
    const afterAll = failedAt(
      'smoke-test-host',
      'host-client-failed',
      PASSED,
      'producer.py on the machine: x',
      [],
      { script: 'producer.py' },
    );
    const { runnerClients: _, ...onlyPair } = afterAll;
    const hostClients = { produced: 12, consumed: 0, counts: counts(12, { consumed: 0 }) };
    expect(states({ ...onlyPair, hostClients })).toEqual(['Producer down', 'Consumer unknown']);
    const crashed = failedAt(
      'smoke-test-host',
      'host-client-failed',
      PASSED,
      'consumer.py on the machine: x',
      [],
      { script: 'consumer.py' },
    );
    expect(states(crashed)).toEqual(['Consumer down']);
  });

  it('is down for a topic with a partition that nobody leads', () => {
    const { topic = expect.unreachable() } = PASSED;
    const partitions = topic.partitions.map(partition => ({ ...partition, leader: -1 }));
    expect(states({ ...PASSED, topic: { ...topic, partitions } })).toEqual(['Topic down']);
  });
});
