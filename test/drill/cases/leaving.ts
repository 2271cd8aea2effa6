import { asRoot, connectionToAll, cutOff, type Machine, openWays } from '../../integration/support/lab.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';
import { NO_LOSS, noticed, sleep } from '../support/kafka-doings.ts';
import { refuseLoss, whileProducing, withCluster } from '../support/steady-producer.ts';

const ORDERS = { topics: 'orders:8:3', messages: '20', clients: 'runner' };

const spareOf = ({ spare }: Scene): Machine => {
  if (!spare) throw new Error('this case needs one more machine');
  return spare;
};

/** The fourth machine joins, and gets its share. */
async function joinFourth(scene: Scene): Promise<void> {
  const inputs = { ...connectionToAll([...scene.machines, spareOf(scene)]), ...ORDERS, rebalance: 'true' };
  const run = await scene.action(inputs);
  if (run.outputs.result !== 'passed') throw new Error(`the fourth machine does not join:\n${run.log}`);
}

/** The inputs with which the fourth machine leaves. */
function withoutFourth(scene: Scene): Record<string, string> {
  const { host, port } = spareOf(scene);
  const all = connectionToAll([...scene.machines, spareOf(scene)]);
  return {
    ...{ 'host-fingerprint': all['host-fingerprint'] ?? '', 'remove-hosts': `${host}:${port}` },
    ...ORDERS,
  };
}

const PROVEN = {
  result: 'passed',
  neverSays: NO_LOSS,
  outputs: { 'messages-produced': '20', 'messages-consumed': '20', 'messages-lost': '0' },
} as const;
const LEFT = { ...PROVEN.outputs, changed: 'drain,containers,unregister' };

const comesAndGoes: DrillCase = {
  name: 'machine-comes-and-goes',
  situation:
    'A fourth machine joins a cluster of three, gets its share and leaves again, while a producer writes messages that each have an id.',
  right: 'Every message that was acknowledged is in the topic, by its id; the machine is no member any more.',
  withinS: 400,
  make: scene => scene.action(ORDERS),
  run: async scene => {
    const { done, flow } = await whileProducing([...scene.machines, spareOf(scene)], async () => {
      await joinFourth(scene);
      return scene.action(withoutFourth(scene));
    });
    refuseLoss(flow);
    return done;
  },
  ends: {
    ...{ ...PROVEN, outputs: LEFT },
    says: [/partitions have a replica on node 4/, /kafka-cluster unregister .*--id 4/],
  },
  isElsewhere: true,
};

const again: DrillCase = {
  name: 'machine-left-before',
  situation: 'The same list again, when the machine has left.',
  right: 'Nothing is changed.',
  withinS: 120,
  run: scene => scene.action(withoutFourth(scene)),
  ends: {
    ...{ ...PROVEN, outputs: { ...PROVEN.outputs, changed: '' } },
    says: [/node 4, which is no member of the cluster any more/],
  },
  isElsewhere: true,
};

const notListed: DrillCase = {
  name: 'machine-off-the-list',
  situation: 'A machine stands no more in the list, and nobody said that it leaves.',
  right: 'The run says which node it is, where, and what to do, before anything is asked of the cluster.',
  withinS: 120,
  make: joinFourth,
  run: scene => scene.action(ORDERS),
  ends: {
    ...{ result: 'failed', code: 'member-not-listed', outputs: { 'failed-step': 'members', changed: '' } },
    says: [/node 4 at \d+\.\d+\.\d+\.\d+ is still a member of the cluster and runs/, /remove-hosts: \d+/],
  },
  isElsewhere: true,
};

/** Enough for a slow copy to be at work when the run ends: some megabytes a partition. */
const fill = (scene: Scene) =>
  withCluster([...scene.machines, spareOf(scene)], async kafka => {
    const producer = kafka.producer();
    await producer.connect();
    const value = Buffer.alloc(10_000, 'x');
    for (let round = 0; round < 250; round += 1) {
      const messages = Array.from({ length: 8 }, (_, partition) => ({ partition, value }));
      await producer.send({ topic: 'orders', acks: -1, messages });
    }
    await producer.disconnect();
  });

/** Ends a run as a runner cancels it, once partitions are on their way. */
async function interruptDrain(scene: Scene): Promise<void> {
  await joinFourth(scene);
  await fill(scene);
  const over = new AbortController();
  const inputs = { ...withoutFourth(scene), 'rebalance-throttle': '100000' };
  const run = await scene.action(inputs, {
    signal: over.signal,
    onOutput: text => {
      if (/partitions on their way/.test(text)) over.abort();
    },
  });
  if (!over.signal.aborted || run.outputs.result === 'passed')
    throw new Error(`the run was not interrupted while partitions moved:\n${run.log}`);
}

const interrupted: DrillCase = {
  name: 'drain-interrupted',
  situation: 'A run ended while partitions were on their way off a machine that leaves.',
  right: 'The next run waits for them, moves the rest, lifts the throttle, and the machine leaves.',
  withinS: 240,
  make: interruptDrain,
  run: scene => scene.action(withoutFourth(scene)),
  ends: {
    ...{ ...PROVEN, outputs: LEFT },
    says: [/partitions are on their way since an earlier run/, /--verify/],
  },
  also: async scene => {
    const set = await asRoot(
      scene.machine,
      `docker exec docker_exp-kafka-1 kafka-configs --bootstrap-server ${scene.machine.address}:9092 --command-config /etc/kafka/tls/client.properties --describe --entity-type brokers`,
    );
    if (/throttled/.test(set)) throw new Error(`a throttle was left: ${set}`);
  },
  isElsewhere: true,
};

/** Kafka counts a broker as running for nine seconds. */
const UNTIL_FENCED_MS = 20_000;

const dead: DrillCase = {
  name: 'dead-machine-leaves',
  situation:
    'A machine with its share of the partitions is cut off for good, and then leaves by the address that it had.',
  right: 'Its partitions are copied from the replicas that are left, and it is unregistered.',
  withinS: 240,
  make: async scene => {
    await joinFourth(scene);
    await cutOff(spareOf(scene));
    await noticed(sleep(UNTIL_FENCED_MS));
  },
  run: scene =>
    scene.action({
      ...withoutFourth(scene),
      ...{ 'remove-hosts': spareOf(scene).address, 'connect-timeout': '10' },
    }),
  ends: {
    ...{ ...PROVEN, outputs: { ...PROVEN.outputs, changed: 'drain,unregister' } },
    says: [
      /node 4, which does not run, on a machine that does not answer/,
      /as fast as it goes, since node 4 does not run/,
    ],
  },
  mend: async scene => {
    await openWays([spareOf(scene)]);
    await asRoot(spareOf(scene), 'docker rm --force docker_exp-kafka-1');
  },
};

export const LEAVING: DrillGroup = {
  name: 'leaving',
  machine: 'three-and-one',
  cases: [comesAndGoes, again, notListed, interrupted, dead],
};
