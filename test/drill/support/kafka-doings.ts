import type { Kafka, Producer } from 'kafkajs';
import type { ActionRun } from '../../../script/run-action.ts';
import { asAdmin, type Cluster, clusterOn } from '../../integration/support/kafka.ts';
import type { Ending, Scene } from './drill-case.ts';

export const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** What must never be said where nothing is lost. */
export const NO_LOSS: readonly RegExp[] = [/lost on the broker/, /messages-lost:/, /messages-unread:/];

/** A run in which every message came back, once. */
export const allBack = (messages: number): Ending => ({
  result: 'passed',
  neverSays: NO_LOSS,
  outputs: {
    ...{ 'messages-produced': `${messages}`, 'messages-consumed': `${messages}` },
    ...{ 'messages-lost': '0', 'messages-unread': '0', 'messages-unknown': '0', 'messages-duplicated': '0' },
  },
});

/** Lets `work` do something to a machine's Kafka, past the action, by an SSH connection of its own. */
export async function withKafka<T>({ machine }: Scene, work: (cluster: Cluster) => Promise<T>): Promise<T> {
  const cluster = await clusterOn(machine);
  try {
    return await work(cluster);
  } finally {
    await cluster.close();
  }
}

/** A run of the action from the runner's clients that takes some ten seconds, and what happens in the middle of it. */
export async function inTheMiddle(
  scene: Scene,
  inputs: Readonly<Record<string, string>>,
  happen: () => Promise<unknown>,
): Promise<ActionRun> {
  let happening: Promise<unknown> | undefined;
  const run = await scene.action(
    { clients: 'runner', messages: '150', 'message-interval': '0.1', ...inputs },
    {
      onOutput: text => {
        // The first line about the progress comes after five seconds.
        if (/messages acknowledged, \d+ received/.test(text)) happening ??= noticed(happen());
      },
    },
  );
  if (!happening) throw new Error(`the log never came to the middle of the messages:\n${run.log}`);
  await happening;
  return run;
}

/** What fails is told by whoever waits for it, and must not end the process before. */
export function noticed<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  return work;
}

/** Makes a topic of one's own with a partition for every broker. */
export async function makeTopic(
  scene: Scene,
  topic: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await withKafka(scene, cluster =>
    asAdmin(cluster, admin =>
      admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic, numPartitions: 3, replicationFactor: 3, configEntries }],
      }),
    ),
  );
}

export async function dropTopic(scene: Scene, topic: string): Promise<void> {
  await withKafka(scene, cluster =>
    asAdmin(cluster, async admin => {
      if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] });
    }),
  );
}

const PARTITIONS = [0, 1, 2];

async function transactional(kafka: Kafka, transactionalId: string): Promise<Producer> {
  const producer = kafka.producer({
    transactionalId,
    transactionTimeout: 600_000,
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  return producer;
}

const oneEach = (topic: string) => ({
  topic,
  messages: PARTITIONS.map(partition => ({ partition, key: 'other', value: 'of a transaction' })),
});

/** Begins a transaction in every partition of a topic and goes away. */
export function leaveTransactionOpen(scene: Scene, topic: string, id: string): Promise<void> {
  return withKafka(scene, async ({ kafka }) => {
    const producer = await transactional(kafka, id);
    const transaction = await producer.transaction();
    await transaction.send(oneEach(topic));
    await producer.disconnect();
  });
}

/** Ends what a producer of this id has left open: the coordinator aborts it when the next one of that id comes. */
export function endTransaction(scene: Scene, id: string): Promise<void> {
  return withKafka(scene, async ({ kafka }) => {
    const producer = await transactional(kafka, id);
    await producer.disconnect();
  });
}

/** Writes in one transaction after the other while `work` lasts. @returns what `work` returns */
export function withTransactions<T>(
  scene: Scene,
  topic: string,
  end: 'commit' | 'abort',
  work: () => Promise<T>,
): Promise<T> {
  return withKafka(scene, async ({ kafka }) => {
    const producer = await transactional(kafka, `drill-${end}`);
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        const transaction = await producer.transaction();
        await transaction.send(oneEach(topic));
        await transaction[end]();
      }
    })();
    try {
      return await work();
    } finally {
      isOver = true;
      await writing;
      await producer.disconnect();
    }
  });
}
