import type { Context } from '../../context.ts';
import { ActionError, reasonOf } from '../../errors.ts';
import { faultOf } from '../../kafka/round-trip/faults.ts';
import type { RoundTripResult } from '../../kafka/round-trip/result.ts';
import type { TopicState } from '../../kafka/topic.ts';
import { listContainers } from '../../machine/compose-project.ts';
import { retry } from '../../waiting.ts';
import { type Step, type StepName, satisfied } from '../step.ts';
import type { BrokerPlace, DrillEvent, DrillResult, DrillTarget, SmokeTestOptions } from './options.ts';
import { Outage } from './outage.ts';
import {
  checkOn,
  describeTrip,
  refuseFaults,
  roundTripOn,
  type TestTopic,
  topicInSync,
} from './round-trips.ts';

/** Often enough to see a pause of a tenth of a second. */
const INTERVAL_MS = 20;
const MOST_MESSAGES = 1_000_000;
const FLOW_MS = 1_500;
const OUTAGE_MS = 5_000;
const RECOVERY_PAUSE_MS = 100;

/** Stops a broker that leads a partition of the topic and starts it again, while messages flow. */
export function drillStep(options: SmokeTestOptions, needs: readonly StepName[]): Step {
  return {
    name: 'drill',
    title: 'Drill: a broker is restarted while messages flow',
    needs,
    async check(context) {
      const drill = new Drill(options, context);
      try {
        await drill.run();
      } finally {
        options.note({ drill: drill.result() });
      }
      await drill.refuseFaults();
      return satisfied(drill.describe());
    },
  };
}

class Drill {
  private readonly options: SmokeTestOptions;
  private readonly context: Context;
  private readonly target: TestTopic;
  private readonly startedAtMs: number;
  private readonly timeline: DrillEvent[] = [];
  private broker: DrillTarget = { id: -1, address: '', service: '' };
  private inSyncAfterMs: number | undefined;
  private traffic: RoundTripResult | undefined;

  constructor(options: SmokeTestOptions, context: Context) {
    this.options = options;
    this.context = context;
    this.target = { servers: options.cluster.bootstrapServers, topic: options.config.topic };
    this.startedAtMs = context.clock.now();
  }

  async run(): Promise<void> {
    const { config, runId } = this.options;
    const topic = await topicInSync(this.context, this.target);
    this.broker = leaderOf(topic, this.options);
    const place = placeOf(this.broker, this.context, this.options);
    const outage = new Outage(place.host, await containerOf(place), runId);
    const flow = new AbortController();
    const trip = roundTripOn(this.context, topic, {
      ...this.target,
      group: `${config.group}-${runId}-drill`,
      runId: `${runId}/drill`,
      traffic: { messages: MOST_MESSAGES, intervalMs: INTERVAL_MS, stop: flow.signal },
      timeoutMs: config.timeoutMs,
    });
    const ended = trip.then(result => {
      this.traffic = result;
    });
    ended.catch(() => {}); // Awaited below; until then it is nobody's.
    try {
      await this.restart(outage);
    } finally {
      flow.abort();
      await ended.catch(() => {});
    }
    await ended;
  }

  private async restart(outage: Outage): Promise<void> {
    const { clock, signal } = this.context;
    const name = `broker ${this.broker.id} (${this.broker.service})`;
    try {
      await clock.sleep(FLOW_MS, signal);
      this.note('stop-requested', `messages flow; ${name} is told to stop`);
      await outage.begin();
      this.note('stopped', `${name} has stopped`);
      await clock.sleep(OUTAGE_MS, signal);
    } finally {
      // Also when the run is cancelled.
      await outage.end();
    }
    this.note('started', `${name} is started`);
    const startedAtMs = clock.now();
    await this.everyReplicaInSync();
    this.inSyncAfterMs = clock.now() - startedAtMs;
    this.note('in-sync', 'every replica is in sync again');
    await clock.sleep(FLOW_MS, signal);
    this.note('ended', 'messages stop');
  }

  private async everyReplicaInSync(): Promise<void> {
    const { timeoutMs } = this.options.config;
    await retry(this.context, () => checkOn(this.context, this.target, 0), {
      pauseMs: RECOVERY_PAUSE_MS,
      giveUp: ({ error, waitedMs }) => (waitedMs < timeoutMs ? undefined : notRecovered(error)),
    });
  }

  private note(kind: DrillEvent['kind'], event: string): void {
    const atMs = this.context.clock.now() - this.startedAtMs;
    this.timeline.push({ atMs, kind, event });
    this.context.log.info(`${(atMs / 1000).toFixed(1).padStart(5)} s  ${event}`);
  }

  /** @throws ActionError when a message was lost, or the cluster is not as it was */
  async refuseFaults(): Promise<void> {
    const fault = this.traffic ? faultOf(this.traffic) : undefined;
    await refuseFaults(this.context, this.target, fault);
  }

  result(): DrillResult {
    const { broker, timeline, traffic, inSyncAfterMs } = this;
    return {
      kind: 'broker-restart',
      broker,
      timeline,
      longestPauseMs: traffic?.longestPause?.durationMs,
      inSyncAfterMs,
      traffic,
    };
  }

  describe(): string {
    const pause = ((this.traffic?.longestPause?.durationMs ?? 0) / 1000).toFixed(1);
    const inSync = ((this.inSyncAfterMs ?? 0) / 1000).toFixed(1);
    const trip = this.traffic ? describeTrip(this.traffic) : '';
    return `${trip}; longest pause ${pause} s, all replicas in sync ${inSync} s after the start`;
  }
}

function notRecovered(cause: unknown): ActionError {
  return new ActionError('drill-failed', `the cluster did not recover in time: ${reasonOf(cause)}`, {
    cause,
    facts: cause instanceof ActionError ? cause.facts : {},
  });
}

function leaderOf(topic: TopicState, { cluster }: SmokeTestOptions): DrillTarget {
  const leader = topic.partitions[0]?.leader;
  const broker = topic.brokers.find(({ id }) => id === leader);
  const service = cluster.brokers.find(({ address }) => address === broker?.address)?.service;
  if (broker && service) return { ...broker, service };
  throw new ActionError(
    'drill-failed',
    `broker ${leader} at ${broker?.address}, which leads partition 0 of ${topic.topic}, is no service of the compose file`,
  );
}

/** On the one machine that there is, if the broker has none of its own. */
const placeOf = (
  { service }: DrillTarget,
  { host }: Context,
  { brokerPlaces, project }: SmokeTestOptions,
): BrokerPlace => brokerPlaces?.get(service) ?? { host, project, service };

async function containerOf({ host, project, service }: BrokerPlace): Promise<string> {
  const containers = project ? await listContainers(host, project) : [];
  const container = containers.find(candidate => candidate.service === service);
  if (container) return container.name;
  throw new ActionError('drill-failed', `service ${service} has no container on ${host.name}`);
}
