import type { ErrorCode } from '../error-codes.ts';
import { ActionError } from '../errors.ts';

/** What Kafka said no to, by its number in Kafka's protocol: the same for every client, in whatever language. */
interface ProtocolError {
  readonly code: number;
  readonly message: string;
}

interface Refusal {
  readonly code: ErrorCode;
  /** What is refused. */
  readonly what: (topic: string) => string;
  /** What to do about it; by default the hint of the code. */
  readonly hint?: (topic: string) => string;
}

const tool = (name: string, what: string) => `\`${name} --bootstrap-server HOST:PORT ${what}\``;
const theTopic = (topic: string) => `topic ${topic}`;
const itsMessages = (topic: string) => `the messages for topic ${topic}`;
const unset = (...settings: string[]): Refusal => ({
  code: 'topic-unusable',
  what: itsMessages,
  hint: topic =>
    `In a broker's container, see the topic's settings with ${tool('kafka-configs', `--describe --topic ${topic}`)} and take away the one that is in the way, for example with ${tool('kafka-configs', `--alter --topic ${topic} --delete-config ${settings.join(',')}`)}. Or name another topic.`,
});
const NAME: Refusal = {
  code: 'topic-unusable',
  what: theTopic,
  hint: () => 'Give the input topic another name. No topic was made.',
};
const RULES: Refusal = {
  code: 'topic-unusable',
  what: theTopic,
  hint: () =>
    "Make the topic by hand as the cluster's rules want it (create.topic.policy.class.name of the brokers names them), or name one that is there.",
};
const ACCESS: Refusal = {
  code: 'kafka-not-authorized',
  what: topic => `the test access to topic ${topic}`,
  hint: topic =>
    `In a broker's container, see who may do what with ${tool('kafka-acls', `--list --topic ${topic}`)}: the test describes, writes and reads the topic, and makes it if it is not there. Or name another topic.`,
};
const CLUSTER_ACCESS: Refusal = {
  code: 'kafka-not-authorized',
  what: topic => `the test access to the cluster, for topic ${topic}`,
  hint: () =>
    `In a broker's container, see who may do what with ${tool('kafka-acls', '--list --cluster')}: the test makes topics.`,
};
/** GROUP_AUTHORIZATION_FAILED */
const GROUP_REFUSED = 30;

/** More bytes than the topic takes at once, or than one of its segments holds. */
const TOO_LARGE = [10, 18];

const REFUSALS: Readonly<Record<number, Refusal>> = {
  // MESSAGE_TOO_LARGE and RECORD_LIST_TOO_LARGE
  10: unset('max.message.bytes'),
  18: unset('segment.bytes'),
  // INVALID_TOPIC_EXCEPTION: also a name that differs from another one by dots and underscores alone
  17: NAME,
  // NOT_ENOUGH_REPLICAS, before and after the message was written
  19: { code: 'not-enough-replicas', what: itsMessages },
  20: { code: 'not-enough-replicas', what: itsMessages },
  // TOPIC_AUTHORIZATION_FAILED and CLUSTER_AUTHORIZATION_FAILED
  29: ACCESS,
  31: CLUSTER_ACCESS,
  // INVALID_TIMESTAMP
  32: unset('message.timestamp.before.max.ms', 'message.timestamp.after.max.ms'),
  // INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_CONFIG and POLICY_VIOLATION
  37: RULES,
  38: RULES,
  40: RULES,
  44: RULES,
  // INVALID_RECORD: most often one without a key, in a compacted topic
  87: unset('cleanup.policy'),
};

/**
 * Translates what Kafka refuses for good, by a setting, a rule or a right.
 * @param thrown an error of kafkajs, or what another client tells of its own
 * @returns undefined for anything else
 */
export function refusalOf(topic: string, thrown: unknown): ActionError | undefined {
  for (const { code, message } of protocolErrorsIn(thrown)) {
    const refusal = REFUSALS[code];
    if (refusal)
      return new ActionError(refusal.code, `Kafka refuses ${refusal.what(topic)}: ${message}`, {
        cause: thrown,
        ...(refusal.hint ? { hint: refusal.hint(topic) } : {}),
      });
  }
  return undefined;
}

/** True when Kafka refuses messages only because there are too many bytes of them at once. */
export function isTooLarge(thrown: unknown): boolean {
  return [...protocolErrorsIn(thrown)].some(({ code }) => TOO_LARGE.includes(code));
}

/** A right that the user lacks, of the topic or of the group, wherever it was asked for. */
export function accessRefusalOf(topic: string, group: string, thrown: unknown): ActionError | undefined {
  const refusal = refusalOf(topic, thrown);
  return refusal?.code === 'kafka-not-authorized' ? refusal : groupRefusalOf(group, thrown);
}

/** The same for a consumer group that the user may not use. */
export function groupRefusalOf(group: string, thrown: unknown): ActionError | undefined {
  for (const { code, message } of protocolErrorsIn(thrown))
    if (code === GROUP_REFUSED)
      return new ActionError(
        'kafka-not-authorized',
        `Kafka refuses the test access to consumer group ${group}: ${message}`,
        {
          cause: thrown,
          hint: `In a broker's container, see who may do what with ${tool('kafka-acls', '--list --group GROUP')}: the test reads in, describes and deletes groups whose names begin with that of the input group, and with kafka-al2023-action-.`,
        },
      );
  return undefined;
}

/** kafkajs puts the refusal of a topic into an error for all topics, and what it has retried into one that counts. */
function* protocolErrorsIn(thrown: unknown): Generator<ProtocolError> {
  if (typeof thrown !== 'object' || thrown === null) return;
  const { code, message, errors, cause } = thrown as Partial<Record<string, unknown>>;
  if (typeof code === 'number') yield { code, message: `${message}` };
  if (Array.isArray(errors)) for (const inner of errors) yield* protocolErrorsIn(inner);
  yield* protocolErrorsIn(cause);
}
