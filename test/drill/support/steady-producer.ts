import type { Kafka } from 'kafkajs';
import type { Host } from '../../../src/host/host.ts';
import { RoutedHost } from '../../../src/host/routed-host.ts';
import { kafkaClients } from '../../../src/kafka/client.ts';
import { recordsIn } from '../../../src/kafka/records/fetched-records.ts';
import { hostOf } from '../../integration/support/kafka.ts';
import type { Machine } from '../../integration/support/lab.ts';
import { nullLogger } from '../../support/null-logger.ts';

/** The ports of the nodes 1 to 4 at 127.0.0.1 of their machines. */
const PORTS = [19_092, 29_092, 39_092, 19_093];
const PAUSE_MS = 20;
const BATCH = 8;
/** As the topic of these cases has. */
const PARTITIONS = 8;
/** A reader that gets nothing for so long has read all that there is; its first message may take longer. */
const QUIET_MS = 15_000;
const FIRST_MS = 120_000;

/** What became of messages that each have an id of their own. */
export interface Tally {
  readonly acknowledged: ReadonlySet<string>;
  /** Acknowledged and not in the topic. */
  readonly lost: readonly string[];
  /**
   * Messages of sends that succeeded, of whose partition no broker said so. kafkajs forgets a partition that moves, between two tries of
   * one send, to a broker which has answered the first (producer/sendMessages.js, brokersWithoutResponse).
   */
  readonly unanswered: readonly string[];
  /** Sends that failed for good: nobody was told that they arrived. */
  readonly failed: number;
  /** The longest time between two acknowledgements, in milliseconds. */
  readonly longestPauseMs: number;
}

/** Lets `work` ask the cluster on the machines of its nodes 1, 2, 3 …, past the action, by SSH connections of its own. */
export async function withCluster<T>(
  machines: readonly Machine[],
  work: (kafka: Kafka) => Promise<T>,
): Promise<T> {
  const hosts = await Promise.all(machines.map(hostOf));
  try {
    const routes = hosts.map((host, index): [number, Host] => [PORTS[index] ?? 0, host]);
    const routed = new RoutedHost(hosts[0] as Host, new Map(routes));
    const servers = PORTS.slice(0, 3).map(port => `localhost:${port}`);
    return await work(kafkaClients(routed, nullLogger).of(servers, 30));
  } finally {
    await Promise.all(hosts.map(host => host.close()));
  }
}

/**
 * Produces into a topic while `work` lasts, every message with an id, acknowledged by all in-sync replicas; then reads the whole topic and
 * looks for each id that was acknowledged.
 * @returns what `work` returns, and what became of the messages
 */
export function whileProducing<T>(
  machines: readonly Machine[],
  topic: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly tally: Tally }> {
  return withCluster(machines, async kafka => {
    const run = new Production(kafka, topic);
    const producing = run.produce();
    try {
      const result = await work();
      run.end();
      await producing;
      return { result, tally: await run.tally() };
    } finally {
      run.end();
      await producing;
    }
  });
}

class Production {
  private readonly kafka: Kafka;
  private readonly topic: string;
  private readonly mark = Math.random().toString(36).slice(2, 10);
  private readonly acknowledged = new Set<string>();
  private readonly unanswered: string[] = [];
  private isOver = false;
  private failed = 0;
  private longestPauseMs = 0;

  constructor(kafka: Kafka, topic: string) {
    this.kafka = kafka;
    this.topic = topic;
  }

  end(): void {
    this.isOver = true;
  }

  async produce(): Promise<void> {
    const producer = this.kafka.producer();
    await producer.connect();
    let lastMs = performance.now();
    for (let next = 0; !this.isOver; next += BATCH) {
      const ids = Array.from({ length: BATCH }, (_, index) => `${this.mark}-${next + index}`);
      try {
        const messages = ids.map((id, index) => ({ partition: index % PARTITIONS, value: id }));
        const answers = await producer.send({ topic: this.topic, acks: -1, messages });
        const answered = new Set(
          answers.filter(({ errorCode }) => errorCode === 0).map(({ partition }) => partition),
        );
        for (const { value, partition } of messages)
          if (answered.has(partition)) this.acknowledged.add(value);
          else this.unanswered.push(value);
        this.longestPauseMs = Math.max(this.longestPauseMs, performance.now() - lastMs);
        lastMs = performance.now();
      } catch {
        this.failed += 1;
      }
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
    }
    await producer.disconnect();
  }

  async tally(): Promise<Tally> {
    const { acknowledged, unanswered, failed, longestPauseMs } = this;
    const found = await this.read();
    const lost = [...acknowledged].filter(id => !found.has(id));
    return { acknowledged, lost, unanswered, failed, longestPauseMs };
  }

  /** The ids of this production that are in the topic. */
  private async read(): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    const consumer = this.kafka.consumer({ groupId: `drill-${this.mark}` });
    await consumer.connect();
    await consumer.subscribe({ topics: [this.topic], fromBeginning: true });
    const startedMs = performance.now();
    let heardMs: number | undefined;
    await consumer.run({
      // The action's clients hand on whole batches as they came.
      eachBatch: async ({ batch: { messages } }) => {
        heardMs = performance.now();
        for (const { value } of recordsIn(messages as Parameters<typeof recordsIn>[0], 0)) {
          const id = `${value}`;
          if (id.startsWith(`${this.mark}-`)) found.add(id);
        }
      },
    });
    const mayBeMore = () =>
      heardMs === undefined
        ? performance.now() - startedMs < FIRST_MS
        : performance.now() - heardMs < QUIET_MS;
    while (found.size < this.acknowledged.size && mayBeMore())
      await new Promise(resolve => setTimeout(resolve, 100));
    await consumer.disconnect();
    if (heardMs === undefined) throw new Error(`nothing was read from ${this.topic}`);
    return found;
  }
}
