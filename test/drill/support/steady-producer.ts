import type { Kafka } from 'kafkajs';
import { systemClock } from '../../../src/clock.ts';
import type { Host } from '../../../src/host/host.ts';
import { RoutedHost } from '../../../src/host/routed-host.ts';
import { kafkaClients } from '../../../src/kafka/client.ts';
import { recordsIn } from '../../../src/kafka/records/fetched-records.ts';
import { hostOf } from '../../integration/support/kafka.ts';
import type { Machine } from '../../integration/support/lab.ts';
import { nullLogger } from '../../support/null-logger.ts';
import { sleep } from './kafka-doings.ts';

/** The ports of nodes 1 to 4 at their machines' 127.0.0.1. */
const PORTS = [19_092, 29_092, 39_092, 19_093];
const BROKERS = PORTS.slice(0, 3).map(port => `localhost:${port}`);
const TOPIC = 'steady';
const PARTITIONS = 6;
/** A machine that is lost holds what is sent to it for up to 18 s. */
const RETRIES = 30;
const READ_MS = 60_000;
const IN_SYNC_MS = 120_000;

type Place = Machine | readonly Machine[];

/** What a producer that never stopped has to say. */
export interface Flow {
  readonly acknowledged: number;
  /** Those of the acknowledged that nobody can read, each looked for by its own name. */
  readonly lost: readonly string[];
  /** The longest time without an acknowledgement. */
  readonly longestPauseMs: number;
}

/**
 * Sends one message after the other to a cluster over several machines while `work` lasts, past the action, then reads them all.
 * Each has a request of its own: kafkajs forgets a partition that moves, between two tries of one send, to a broker which has answered
 * for another one (producer/sendMessages.js, brokersWithoutResponse).
 * @param machines that of node 1, of node 2, of node 3 and, where there is one, of node 4; several for a node that moves from the first of
 *   them to the next
 */
export function whileProducing<T>(
  machines: readonly Place[],
  work: () => Promise<T>,
): Promise<{ readonly done: T; readonly flow: Flow }> {
  return withCluster(machines, async kafka => {
    const admin = kafka.admin();
    await admin.connect();
    if (!(await admin.listTopics()).includes(TOPIC))
      await admin.createTopics({
        topics: [{ topic: TOPIC, numPartitions: PARTITIONS, replicationFactor: 3 }],
        waitForLeaders: false,
      });
    await admin.disconnect();

    const acknowledged = new Set<string>();
    let [longestPauseMs, isOver] = [0, false];
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    const run = `${Date.now()}`;
    const send = async () => {
      for (let index = 0; !isOver; index++) {
        const [value, since] = [`${run}-${index}`, performance.now()];
        await producer.send({ topic: TOPIC, acks: -1, messages: [{ value, partition: index % PARTITIONS }] });
        acknowledged.add(value);
        longestPauseMs = Math.max(longestPauseMs, performance.now() - since);
      }
    };
    const sending = send();
    sending.catch(() => {});
    let done: T;
    try {
      done = await work();
    } finally {
      isOver = true;
      await sending;
      await producer.disconnect();
    }
    const lost = await unread(kafka, acknowledged);
    return { done, flow: { acknowledged: acknowledged.size, lost, longestPauseMs } };
  });
}

/** Lets `work` ask the cluster on the machines of its nodes 1, 2, 3 …, past the action, by SSH connections of its own. */
export async function withCluster<T>(
  machines: readonly Place[],
  work: (kafka: Kafka) => Promise<T>,
): Promise<T> {
  const hosts = await Promise.all(machines.map(place => Promise.all([place].flat().map(hostOf))));
  try {
    return await work(kafkaClients(routedTo(hosts.map(firstOf)), nullLogger).of(BROKERS, RETRIES));
  } finally {
    await Promise.all(hosts.flat().map(host => host.close()));
  }
}

/** Several machines as one: a connection is made by the first on which somebody listens. */
function firstOf([first, ...others]: readonly Host[]): Host {
  if (!first) throw new Error('no machine is given');
  return {
    name: first.name,
    run: command => first.run(command),
    dial: (address, port) =>
      others.reduce(
        (connection, next) => connection.catch(() => next.dial(address, port)),
        first.dial(address, port),
      ),
    close: async () => {},
  };
}

function routedTo(hosts: readonly Host[]): Host {
  const [first] = hosts;
  if (!first) throw new Error('no machine is given');
  return new RoutedHost(first, new Map(hosts.map((host, index) => [PORTS[index] ?? 0, host])));
}

/** Reads the topic from its beginning. @returns those that did not come */
async function unread(kafka: Kafka, wanted: ReadonlySet<string>): Promise<string[]> {
  const left = new Set(wanted);
  const consumer = kafka.consumer({ groupId: `steady-${systemClock.now()}` });
  const { promise, resolve } = Promise.withResolvers<void>();
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  await consumer.run({
    // The action's own clients are handed batches as they are (see kafkajs-batches.ts).
    eachBatch: async ({ batch: { messages } }) => {
      for (const { value } of recordsIn(messages, 0)) left.delete(`${value}`);
      if (left.size === 0) resolve();
    },
  });
  const late = setTimeout(resolve, READ_MS);
  if (left.size > 0) await promise;
  clearTimeout(late);
  await consumer.disconnect();
  return [...left];
}

/**
 * Waits until every replica of the producer's topic is in sync.
 * @returns how long that took, in milliseconds
 * @throws Error after two minutes
 */
export function untilInSync(machines: readonly Place[]): Promise<number> {
  return withCluster(machines, async kafka => {
    const [admin, since] = [kafka.admin(), performance.now()];
    await admin.connect();
    try {
      for (;;) {
        const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] });
        const partitions = topics.flatMap(topic => topic.partitions);
        const tookMs = performance.now() - since;
        if (partitions.length > 0 && partitions.every(({ isr, replicas }) => isr.length === replicas.length))
          return tookMs;
        if (tookMs > IN_SYNC_MS) throw new Error(`not every replica is in sync after ${IN_SYNC_MS} ms`);
        await sleep(250);
      }
    } finally {
      await admin.disconnect();
    }
  });
}

/** @throws Error that says how many of the acknowledged messages are lost */
export function refuseLoss({ acknowledged, lost, longestPauseMs }: Flow): void {
  console.log(
    `[drill]   ${acknowledged} acknowledged, ${lost.length} lost, longest pause ${Math.round(longestPauseMs)} ms`,
  );
  if (acknowledged < 10) throw new Error(`only ${acknowledged} messages were acknowledged`);
  if (lost.length > 0) throw new Error(`${lost.length} acknowledged messages are lost, such as ${lost[0]}`);
}
