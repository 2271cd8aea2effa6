import { asAdmin } from '../../integration/support/kafka.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';
import {
  allBack,
  dropTopic,
  endTransaction,
  inTheMiddle,
  leaveTransactionOpen,
  makeTopic,
  NO_LOSS,
  noticed,
  sleep,
  withKafka,
  withTransactions,
} from '../support/kafka-doings.ts';
import { CUTS } from './verdict-cuts.ts';

const TOPIC = 'test-topic';
const QUICKLY = { messages: '50', 'message-interval': '0.05' };
const NO_TOPIC = {
  result: 'failed',
  code: 'topic-not-found',
  neverSays: NO_LOSS,
  outputs: { 'messages-lost': '0' },
} as const;

const TRANSACTIONS: readonly DrillCase[] = [
  {
    name: 'open-transaction',
    situation: 'a producer has begun a transaction in every partition of the topic and never ended it',
    right: 'passes: the records behind it are there for whoever reads uncommitted ones; it is named',
    quick: true,
    make: scene => leaveTransactionOpen(scene, TOPIC, 'drill-open'),
    run: scene => scene.action({ messages: '30' }),
    ends: {
      ...allBack(30),
      says: [/a transaction is open in partition 0 .* \(producer id \d+/],
      neverSays: NO_LOSS,
    },
    mend: scene => endTransaction(scene, 'drill-open'),
  },
  {
    name: 'transactional-writer-meanwhile',
    situation: 'another producer commits one transaction after the other in the topic meanwhile',
    right: 'passes: the marks of its transactions take offsets, and are nobody’s messages',
    run: scene => withTransactions(scene, TOPIC, 'commit', () => scene.action(QUICKLY)),
    ends: allBack(50),
  },
  {
    name: 'aborted-transactions-meanwhile',
    situation: 'another producer aborts one transaction after the other in the topic meanwhile',
    right: 'passes',
    run: scene => withTransactions(scene, TOPIC, 'abort', () => scene.action(QUICKLY)),
    ends: allBack(50),
  },
];

const DELETIONS: readonly DrillCase[] = [
  {
    name: 'records-deleted-meanwhile',
    situation: 'records of the test are deleted before the consumer on the machine reads them',
    right: 'the proved loss, with its number and its cause',
    make: scene => makeTopic(scene, 'drill-deleted'),
    run: async scene => {
      let deletion: Promise<unknown> | undefined;
      const run = await scene.action(
        { clients: 'host', topic: 'drill-deleted', messages: '30', 'message-interval': '0.1' },
        {
          onOutput: text => {
            if (text.includes("Sent: {'key': 20,")) deletion ??= noticed(deleteFirst(scene, 'drill-deleted'));
          },
        },
      );
      await deletion;
      return run;
    },
    ends: {
      result: 'failed',
      code: 'messages-lost',
      says: [/of 30 messages .* 6 are lost on the broker, deleted there by retention \(.*retention\.ms=\d+/],
      outputs: { 'host-messages-produced': '30', 'host-messages-consumed': '24' },
    },
    mend: scene => dropTopic(scene, 'drill-deleted'),
  },
  {
    name: 'retention-meanwhile',
    situation: 'the topic keeps records for a tenth of a second, and the brokers look often',
    right: 'the proved loss, by retention, with its setting',
    make: async scene => {
      await scene.root(
        'cd /home/ec2-user/docker_exp && sed -i "s/^\\( *\\)KAFKA_BROKER_ID:/\\1KAFKA_LOG_RETENTION_CHECK_INTERVAL_MS: 200\\n&/" docker-compose.yml && docker-compose stop -t 60 && docker-compose up -d',
      );
      // A broker looks for what is too old from thirty seconds after its start (Kafka's LogManager, initialTaskDelayMs).
      await scene.root('sleep 35');
      await scene.action({ mode: 'smoke-test' });
      await makeTopic(scene, 'drill-retention', { 'retention.ms': '100', 'segment.bytes': '1000' });
    },
    run: scene =>
      scene.action({
        ...{ mode: 'smoke-test', clients: 'host', topic: 'drill-retention' },
        ...{ messages: '30', 'message-interval': '0.1' },
      }),
    ends: {
      result: 'failed',
      code: 'messages-lost',
      says: [/retention\.ms=100\b/, /--entity-name drill-retention/],
    },
    mend: scene => dropTopic(scene, 'drill-retention'),
  },
  {
    name: 'compacted-topic',
    situation: 'the topic is compacted',
    right: 'topic-unusable, before anything is sent',
    quick: true,
    make: scene => makeTopic(scene, 'drill-compacted', { 'cleanup.policy': 'compact' }),
    run: scene => scene.action({ topic: 'drill-compacted' }),
    ends: { result: 'failed', code: 'topic-unusable', says: [/cleanup\.policy=compact/] },
    mend: scene => dropTopic(scene, 'drill-compacted'),
  },
  {
    name: 'compacted-meanwhile',
    situation: 'the topic is made a compacted one in the middle of the messages',
    right: 'Kafka’s refusal, and no message is called lost or unread',
    make: scene => makeTopic(scene, 'drill-compacts'),
    run: scene =>
      inTheMiddle(scene, { topic: 'drill-compacts' }, () =>
        setTopic(scene, 'drill-compacts', 'cleanup.policy', 'compact'),
      ),
    ends: { result: 'failed', code: 'topic-unusable', neverSays: NO_LOSS, outputs: { 'messages-lost': '0' } },
    mend: scene => dropTopic(scene, 'drill-compacts'),
  },
];

const TOPICS: readonly DrillCase[] = [
  {
    name: 'topic-deleted-meanwhile',
    situation: 'the topic is deleted in the middle of the messages',
    right: 'topic-not-found, and no message is called lost or unread',
    make: scene => makeTopic(scene, 'drill-gone'),
    run: scene => inTheMiddle(scene, { topic: 'drill-gone' }, () => dropTopic(scene, 'drill-gone')),
    ends: NO_TOPIC,
    withinS: 90,
  },
  {
    name: 'topic-made-anew-meanwhile',
    situation: 'the topic is deleted and made again in the middle of the messages',
    right: 'topic-not-found, and no message is called lost or unread',
    make: scene => makeTopic(scene, 'drill-anew'),
    run: scene =>
      inTheMiddle(scene, { topic: 'drill-anew' }, async () => {
        await dropTopic(scene, 'drill-anew');
        await sleep(1_000);
        await makeTopic(scene, 'drill-anew');
      }),
    ends: { ...NO_TOPIC, says: [/deleted and made again/] },
    withinS: 120,
    mend: scene => dropTopic(scene, 'drill-anew'),
  },
  {
    name: 'partitions-added-meanwhile',
    situation: 'the topic gets three more partitions in the middle of the messages',
    right: 'passes',
    make: scene => makeTopic(scene, 'drill-grows'),
    run: scene =>
      inTheMiddle(scene, { topic: 'drill-grows' }, () =>
        withKafka(scene, cluster =>
          asAdmin(cluster, admin =>
            admin.createPartitions({ topicPartitions: [{ topic: 'drill-grows', count: 6 }] }),
          ),
        ),
      ),
    ends: allBack(150),
    mend: scene => dropTopic(scene, 'drill-grows'),
  },
];

/** Deletes the first two records of each partition. */
function deleteFirst(scene: Scene, topic: string): Promise<void> {
  return withKafka(scene, cluster =>
    asAdmin(cluster, async admin => {
      await admin.fetchTopicOffsets(topic); // kafkajs must know the topic before.
      const partitions = [0, 1, 2].map(partition => ({ partition, offset: '2' }));
      await admin.deleteTopicRecords({ topic, partitions });
    }),
  );
}

/** ConfigResource.Type.TOPIC of Kafka's protocol. */
const TOPIC_RESOURCE = 2;

function setTopic(scene: Scene, topic: string, name: string, value: string): Promise<unknown> {
  const resources = [{ type: TOPIC_RESOURCE, name: topic, configEntries: [{ name, value }] }];
  return withKafka(scene, cluster =>
    asAdmin(cluster, admin => admin.alterConfigs({ validateOnly: false, resources })),
  );
}

/** What becomes of messages, and what may be said of it. */
export const VERDICT: DrillGroup = {
  name: 'verdict',
  machine: 'deployed',
  cases: [...TRANSACTIONS, ...CUTS, ...DELETIONS, ...TOPICS],
};
