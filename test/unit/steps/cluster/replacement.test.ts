import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import type { KafkaClients } from '../../../../src/kafka/client.ts';
import type { ClusterNode } from '../../../../src/steps/cluster/node.ts';
import { replacementStep } from '../../../../src/steps/cluster/replacement.ts';
import { InstantClock } from '../../support/clocks.ts';
import { contextOf } from '../../support/kafka-contexts.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { type Answer, ScriptedHost } from '../../support/scripted-host.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const HEAD = 'NodeId\tDirectoryId\tLogEndOffset\tLag\tLastFetchTimestamp\tLastCaughtUpTimestamp\tStatus\t\n';
const row = (id: number, lag: number, status: string) =>
  `${id}  \tAAAA\t2432  \t${lag}  \t1\t1\t${status}\t\n`;
const WELL = `${HEAD}${row(1, 0, 'Leader')}${row(2, 0, 'Follower')}${row(3, 90, 'Follower')}`;

interface Given {
  /** What Kafka's tool says of the quorum, one answer after the other. */
  readonly quorum?: readonly string[];
  /** Which brokers the cluster has, one answer after the other. */
  readonly brokers?: readonly (readonly number[])[];
  /** What the lost machine answers to being stopped; undefined when it is not reached. */
  readonly stopped?: Answer;
  /** What the data of the lost machine say. */
  readonly data?: string;
}

/** Node 3 of a cluster of three, lost with the machine `old`, to begin anew on `new`. */
function on({
  quorum = [WELL],
  brokers = [[1, 2]],
  stopped,
  data = 'node.id=3\ncluster.id=AbCdEfGhIjKlMnOpQrStUv\n',
}: Given) {
  const clock = new InstantClock();
  const log = new RecordingLog();
  const answers = [...brokers];
  const tools = new ScriptedHost([
    [/ kafka-metadata-quorum .* --replication$/, ...quorum.map(stdout => ({ stdout }))],
  ]);
  const old = new ScriptedHost([
    [/docker volume inspect/, { stdout: `\n--- volume\n${data}` }],
    [/^sh -c \ncommand -v docker /, stopped ?? 0],
  ]);
  const nodes = ['a', 'b', 'new'].map(
    (name, index) =>
      ({
        context: {
          ...contextOf({}, { clock, log, host: tools }),
          machine: {
            name,
            address: `10.0.1.${index}`,
            clusterId: 'AbCdEfGhIjKlMnOpQrStUv',
            ...(name === 'new' ? { inPlaceOf: 'old' } : {}),
          },
        },
        plan: {
          ...{ nodeId: index + 1, roles: 'controller+broker', hostPort: 19092, clusterPorts: [9092, 9093] },
        },
        project: { name: 'p', directory: '/home/u/p', composeFiles: ['docker-compose.yml'] },
      }) as unknown as ClusterNode,
  );
  const admin = {
    connect: async () => {},
    disconnect: async () => {},
    describeCluster: async () => {
      const ids = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
      return { brokers: ids.map(nodeId => ({ nodeId })) };
    },
  };
  const kafka = { of: () => ({ admin: () => admin }) } as unknown as Partial<KafkaClients>;
  const context = contextOf(kafka, { clock, log });
  const step = replacementStep({
    nodes,
    successor: nodes[2] as ClusterNode,
    timeoutMs: 10_000,
    openReplaced: async () => {
      if (stopped === undefined) throw new ActionError('ssh-unreachable', 'no answer');
      return old;
    },
  });
  return { step, context, log, old, apply: async () => step.apply?.(context) };
}

describe('the replacement of a lost machine', () => {
  it('is done when the others know all and miss the lost broker', async () => {
    const { step, context, apply, log } = on({});
    expect(await step.check(context)).toMatchObject({ satisfied: false });
    await apply();
    expect(await step.check(context)).toMatchObject({ satisfied: true });
    expect(log.text).toContain('old was not reached (no answer): that it is gone for good is your word');
  });

  it('stops the lost machine first where it can be reached', async () => {
    const { apply, old, log } = on({ stopped: 0 });
    await apply();
    expect(old.ran.slice(1)).toEqual([
      expect.stringMatching(/^sudo sh -c .* --filter label=com\.docker\.compose\.project=p$/s),
    ]);
    expect(log.text).not.toContain('your word');
  });

  it.each([
    'node.id=2\ncluster.id=AbCdEfGhIjKlMnOpQrStUv\n',
    'node.id=3\ncluster.id=XbCdEfGhIjKlMnOpQrStUv\n',
  ])('stops no machine that is another node: %j', async data => {
    const { apply, old } = on({ stopped: 0, data });
    expect(await actionErrorOf(apply)).toMatchObject({
      code: 'replacement-refused',
      message: expect.stringMatching(/^old is node \d of cluster .*: nothing was stopped there$/),
    });
    expect(old.count(/docker stop/)).toBe(0);
  });

  it('waits until a broker that has just gone is missed', async () => {
    const { apply, log } = on({
      brokers: [
        [1, 2, 3],
        [1, 2, 3],
        [1, 2],
      ],
    });
    await apply();
    expect(log.text).toContain('the cluster has no broker 3');
  });

  it('is refused while the lost broker is alive and cannot be stopped', async () => {
    expect(await actionErrorOf(on({ brokers: [[1, 2, 3]] }).apply)).toMatchObject({
      code: 'replacement-refused',
      message: 'broker 3 still answers to the cluster, and old was not reached to stop it',
    });
  });

  it('waits for a follower that is a little behind', async () => {
    const behind = `${HEAD}${row(1, 0, 'Leader')}${row(2, 1, 'Follower')}`;
    const { apply, log } = on({ quorum: [behind, WELL] });
    await apply();
    expect(log.text).toContain('the other controllers have a leader and are caught up');
  });

  it.each([
    ['is behind', `${HEAD}${row(1, 0, 'Leader')}${row(2, 7, 'Follower')}`, /node 2 on b is behind by 7$/],
    ['is not there', `${HEAD}${row(1, 0, 'Leader')}`, /node 2 on b is behind by all$/],
    ['is no voter', `${HEAD}${row(1, 0, 'Leader')}${row(2, 0, 'Observer')}`, /node 2 on b is behind by 0$/],
    ['cannot be asked', '', /no controller tells how far the others are$/],
  ])('is refused, and nothing is stopped, while another controller %s', async (_, quorum, message) => {
    const { apply, old } = on({ quorum: [quorum], stopped: 0 });
    expect(await actionErrorOf(apply)).toMatchObject({
      code: 'replacement-refused',
      message: expect.stringMatching(message),
    });
    expect(old.ran).toEqual([]);
  });
});
