import type { Kafka } from 'kafkajs';
import { systemClock } from '../../../src/clock.ts';
import { parseConfig } from '../../../src/config/config.ts';
import type { Context } from '../../../src/context.ts';
import type { Host } from '../../../src/host/host.ts';
import { openHost } from '../../../src/host/open-host.ts';
import { FirstKeys } from '../../../src/host/ssh/first-keys.ts';
import { kafkaClients } from '../../../src/kafka/client.ts';
import { describeTopic, type TopicState } from '../../../src/kafka/topic.ts';
import type { Logger } from '../../../src/log.ts';
import { nullLogger } from '../../support/null-logger.ts';
import { connectionTo, type Machine } from './lab.ts';

export const BROKERS = ['localhost:19092', 'localhost:29092', 'localhost:39092'];

/** A way to a machine's Kafka that goes past the action: an SSH connection of the test's own. */
export interface Cluster {
  readonly host: Host;
  readonly kafka: Kafka;
  close(): Promise<void>;
}

/** An SSH connection of the test's own. */
export function hostOf(machine: Machine): Promise<Host> {
  return openHost(
    parseConfig(connectionTo(machine), () => ''),
    {
      clock: systemClock,
      log: nullLogger,
      signal: new AbortController().signal,
      env: process.env,
      firstKeys: new FirstKeys(),
      deadline: systemClock.now() + 60_000,
    },
  );
}

export async function clusterOn(machine: Machine, brokers: readonly string[] = BROKERS): Promise<Cluster> {
  const host = await hostOf(machine);
  return { host, kafka: kafkaClients(host, nullLogger).of(brokers), close: () => host.close() };
}

/** What the action's own functions take. @param clients those that it asks for, one after the other */
export function contextOn(
  { host, kafka }: Cluster,
  clients: readonly Kafka[] = [],
  log: Logger = nullLogger,
): Context {
  const { signal } = new AbortController();
  const next = clients.values();
  const of = () => next.next().value ?? kafka;
  return { host, kafka: { ...kafkaClients(host, log), of }, clock: systemClock, log, signal };
}

/** Does something with an admin client, and leaves none behind. */
export async function asAdmin<T>(
  { kafka }: Pick<Cluster, 'kafka'>,
  work: (admin: ReturnType<Kafka['admin']>) => Promise<T>,
): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

export async function topicOn(cluster: Cluster, topic: string): Promise<TopicState> {
  const state = await asAdmin(cluster, admin => describeTopic(admin, topic));
  if (!state) throw new Error(`topic ${topic} is not there`);
  return state;
}

/** Topics, groups and schemas that the action made for its test and should have removed. */
export async function tracesOn(cluster: Cluster): Promise<string[]> {
  const { topics, groups } = await asAdmin(cluster, async admin => ({
    topics: await admin.listTopics(),
    groups: (await admin.listGroups()).groups.map(({ groupId }) => groupId),
  }));
  const subjects = await cluster.host.run({
    argv: ['curl', '-fsS', 'http://localhost:8081/subjects?deleted=true'],
  });
  return [...topics, ...groups, ...(JSON.parse(subjects.stdout || '[]') as string[])].filter(name =>
    /^kafka-al2023-action-|^test-group-/.test(name),
  );
}
