import type { Context } from '../../context.ts';
import { ActionError, reasonOf } from '../../errors.ts';
import { SchemaRegistry } from '../../kafka/registry/schema-registry.ts';
import { registerMessageSchema } from '../../kafka/registry/wire-format.ts';
import { faultOf } from '../../kafka/round-trip/faults.ts';
import type { Codec } from '../../kafka/round-trip/record.ts';
import { sharingAdmins } from '../../kafka/shared-admins.ts';
import { createTopic, deleteTopic } from '../../kafka/topic.ts';
import { asAdmin, untilKnown } from '../deploy/topic.ts';
import { type Step, type StepName, satisfied } from '../step.ts';
import type { SmokeTestOptions } from './options.ts';
import { describeTrip, refuseFaults, roundTripOn, type TestTopic, topicInSync } from './round-trips.ts';

/** Enough for every broker to lead some of them, sent at three moments. */
const TRAFFIC = { messages: 30, batch: 10, intervalMs: 0 };

/**
 * A round trip through a topic of its own, of which every broker leads a partition: the topic of the smoke test may be laid
 * out otherwise. Its messages use the schema registry's wire format where there is a registry. Topic, group and schema are
 * removed again.
 */
export function probeTopicStep(options: SmokeTestOptions, needs: readonly StepName[]): Step {
  const { config, cluster, runId, note } = options;
  const name = `kafka-al2023-action-${runId}`;
  const target = { servers: cluster.bootstrapServers, topic: name };
  const url = cluster.schemaRegistryUrl;
  return {
    name: 'probe-topic',
    title: url
      ? "Topic led by every broker, messages in the schema registry's format"
      : 'Topic led by every broker',
    needs,
    check: outer =>
      sharingAdmins(outer, async context => {
        const { host, log } = context;
        const registry = url
          ? new RegistryTurn(
              new SchemaRegistry(host, url, context.kafka.security?.registry),
              url,
              `${name}-value`,
            )
          : undefined;
        try {
          if (!registry) log.info('the cluster has no schema registry: plain messages');
          const [codec] = await bothSettled(registry?.register(context, note), makeTopic(context, target));
          const result = await roundTripOn(context, await topicInSync(context, target), {
            ...target,
            group: name,
            runId: `${runId}/probe`,
            traffic: TRAFFIC,
            codec,
            timeoutMs: config.timeoutMs,
          });
          note({ probe: result });
          await refuseFaults(context, target, faultOf(result, TRAFFIC));
          return satisfied(describeTrip(result));
        } finally {
          await removeTraces(context, target, registry);
        }
      }),
  };
}

async function makeTopic(context: Context, { servers, topic }: TestTopic): Promise<void> {
  await asAdmin(context, servers, admin => createTopic(admin, topic));
  await untilKnown(context, servers, [topic]);
}

/** What each of them gives, once both have ended: what one of them makes is not left behind when the other fails. */
async function bothSettled<A, B>(first: A | Promise<A>, second: B | Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

/** The part of the registry in the test. */
class RegistryTurn {
  private readonly registry: SchemaRegistry;
  private readonly url: string;
  private readonly subject: string;

  constructor(registry: SchemaRegistry, url: string, subject: string) {
    this.registry = registry;
    this.url = url;
    this.subject = subject;
  }

  /** @throws ActionError `schema-registry-failed` */
  async register({ log, signal }: Context, note: SmokeTestOptions['note']): Promise<Codec> {
    const { url, subject } = this;
    try {
      const { codec, proof } = await registerMessageSchema(this.registry, { url, subject });
      note({ schemaRegistry: proof });
      log.info(`schema ${proof.schemaId} registered as ${subject}, read back, a wrong change of it refused`);
      return codec;
    } catch (error) {
      signal.throwIfAborted();
      if (
        error instanceof ActionError &&
        ['schema-registry-failed', 'schema-registry-unauthorized', 'ssh-connection-lost'].includes(error.code)
      )
        throw error;
      const reason = reasonOf(error);
      throw new ActionError('schema-registry-failed', `the schema registry at ${url}: ${reason}`, {
        cause: error,
      });
    }
  }

  async remove(): Promise<void> {
    await this.registry.deleteSubject(this.subject);
  }
}

/** Warns of what it could not remove: a test that passed does not fail over it. */
async function removeTraces(
  context: Context,
  { servers, topic }: TestTopic,
  registry?: RegistryTurn,
): Promise<void> {
  const remove = async (what: string, removal: () => Promise<unknown>) => {
    await removal().catch(error => context.log.warning(`${what} could not be removed: ${reasonOf(error)}`));
  };
  await Promise.all([
    remove(`topic ${topic}`, () => asAdmin(context, servers, admin => deleteTopic(admin, topic))),
    registry && remove(`schema ${topic}-value`, () => registry.remove()),
  ]);
}
