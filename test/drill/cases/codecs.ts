import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';
import { kafkaTool, makeTopic, removeTopics } from '../support/kafka-tools.ts';

const CODECS = ['gzip', 'snappy', 'lz4', 'zstd'];
const ALL_BACK = { 'messages-produced': '10', 'messages-consumed': '10', 'messages-lost': '0' };
const HOME = '/home/ec2-user/docker_exp';
const PYTHON = `${HOME}/kafka_env/bin/python`;

/** A topic of its own with these settings; the action is told to use it. */
function topicCase(
  topic: string,
  settings: readonly string[],
  { inputs = {}, ...rest }: Omit<DrillCase, 'make' | 'run' | 'mend'> & { inputs?: Record<string, string> },
): DrillCase {
  return {
    make: scene => makeTopic(scene, topic, ...settings),
    run: ({ action }) => action({ topic, ...inputs }),
    mend: scene => removeTopics(scene, topic),
    ...rest,
  };
}

/** The records of this run need no codec that is missing: those from before must not be read, or else read. */
async function oldRecordsOfEveryCodec(scene: Scene): Promise<void> {
  await scene.root(`seq 1 500 | sed 's/.*/{"key": &, "message": "from before"}/' > /tmp/old`);
  for (const codec of CODECS)
    await kafkaTool(
      scene,
      'kafka-console-producer',
      `--topic test-topic --compression-codec ${codec}`,
      '/tmp/old',
    );
}

/** A new group reads all of them, by hand. */
async function readsAllByHand({ root }: Scene): Promise<void> {
  const said = await root(
    `cd ${HOME} && ${PYTHON} consumer.py --group by-hand-$$ --messages 1 --timeout 30 | tail -n 1`,
  );
  const { others, problem } = JSON.parse(said) as { others: number; problem: unknown };
  if (problem || others < 500 * CODECS.length) throw new Error(`the pair by hand said ${said}`);
}

/** The package index has no lz4 that pip may take: as for a Python without a wheel. */
const withoutLz4: Pick<DrillCase, 'make' | 'mend'> = {
  make: async scene => {
    await makeTopic(scene, 'packed', 'compression.type=lz4');
    await scene.root(`cp /etc/pip.conf /etc/pip.conf.kept && echo 'lz4==0.1' > /etc/pip-constraints
      echo 'constraint = /etc/pip-constraints' >> /etc/pip.conf && rm -rf ${HOME}/kafka_env`);
  },
  mend: async scene => {
    await removeTopics(scene, 'packed');
    await scene.root(`mv /etc/pip.conf.kept /etc/pip.conf && rm -rf ${HOME}/kafka_env`);
  },
};

const PACKAGES = `${HOME}/kafka_env/lib/python3*/site-packages`;

/** Python code that the pair loads before its own. */
const patched = (python: string): Pick<DrillCase, 'make' | 'mend'> => ({
  make: ({ root }) =>
    root(`cd ${PACKAGES} && echo 'import drill_patch' > zz_drill.pth && cat > drill_patch.py <<'PYTHON'
${python}
PYTHON`),
  mend: ({ root }) => root(`rm -f ${PACKAGES}/zz_drill.pth ${PACKAGES}/drill_patch.py`),
});

/** The first consumer of a process that is in a group stops reading partition 1. */
const STICKY_CONSUMER = `import kafka
class Sticky(kafka.KafkaConsumer):
    count = 0
    def __init__(self, *args, **settings):
        super().__init__(*args, **settings)
        self.sticks = bool(settings.get('group_id')) and Sticky.count == 0
        Sticky.count += bool(settings.get('group_id'))
    def poll(self, *args, **settings):
        batches = super().poll(*args, **settings)
        if not self.sticks:
            return batches
        self.pause(*[partition for partition in self.assignment() if partition.partition == 1])
        return {partition: records for partition, records in batches.items() if partition.partition != 1}
kafka.KafkaConsumer = Sticky`;

/** The first client of a process that asks where partitions end gets no answer. */
const SILENT_ENDS = `import kafka, time
from kafka.errors import KafkaTimeoutError
class Silent(kafka.KafkaConsumer):
    count = 0
    def end_offsets(self, partitions, timeout_ms=None):
        Silent.count += 1
        if Silent.count > 1:
            return super().end_offsets(partitions, timeout_ms=timeout_ms)
        time.sleep((timeout_ms or 30_000) / 1000)
        raise KafkaTimeoutError('Failed to get offsets by timestamps')
kafka.KafkaConsumer = Silent`;

export const COMPRESSION: DrillGroup = {
  name: 'codecs',
  machine: 'deployed',
  cases: [
    ...CODECS.map(codec =>
      topicCase('packed', [`compression.type=${codec}`], {
        name: `topic-${codec}`,
        situation: `The topic has compression.type=${codec}.`,
        right: 'passes, with both pairs',
        ...(codec === 'lz4' ? { quick: true } : {}),
        // Without the wheel it would pass as well, by the runner's clients alone.
        ends: {
          result: 'passed',
          outputs: ALL_BACK,
          says: [/10 of 10 on the machine and 10 of 10 from the runner/],
        },
      }),
    ),
    {
      name: 'old-records-of-every-codec',
      situation: 'The topic holds records from before, compressed with every codec.',
      right: 'passes; a new group reads them all by hand, too',
      make: oldRecordsOfEveryCodec,
      ends: { result: 'passed', outputs: ALL_BACK },
      also: readsAllByHand,
    },
    {
      name: 'many-older-messages',
      situation: 'The topic holds 2,000,000 messages from before, which the group has not read.',
      right: "passes in the time of a topic without them: the pair starts where this run's messages begin",
      make: async scene => {
        await makeTopic(scene, 'full');
        const options =
          '--topic full --num-records 2000000 --record-size 20 --throughput -1 --producer-props acks=1 batch.size=200000 linger.ms=20 bootstrap.servers=kafka-broker-1:9092';
        await scene.root(
          `docker exec $(docker ps -q --filter label=com.docker.compose.service=kafka-broker-1) kafka-producer-perf-test ${options} >/dev/null`,
        );
      },
      run: ({ action }) => action({ topic: 'full', group: 'new-group' }),
      mend: scene => removeTopics(scene, 'full'),
      withinS: 45,
      ends: { result: 'passed', outputs: ALL_BACK, neverSays: [/messages of other runs were passed over/] },
    },
    {
      ...withoutLz4,
      name: 'codec-without-wheel',
      situation: 'The topic is compressed with lz4, and pip on the machine finds no lz4.',
      right: "passes: the runner's clients read the topic, and the codec that the pair lacks is named",
      run: ({ action }) => action({ topic: 'packed' }),
      withinS: 90,
      ends: { result: 'passed', says: [/Libraries for lz4 compression codec not found/] },
    },
    {
      ...withoutLz4,
      name: 'codec-without-wheel-pair-alone',
      situation: "The same, and the machine's pair is all that is asked for.",
      right: 'codec-missing with the codec; no message is called lost',
      run: ({ action }) => action({ topic: 'packed', clients: 'host' }),
      withinS: 90,
      ends: {
        result: 'failed',
        code: 'codec-missing',
        says: [/lz4/],
        neverSays: [/lost on the broker/, /messages-lost/],
      },
    },
    {
      name: 'python-consumer-stuck',
      situation: "The pair's consumer gets nothing of one partition, and goes on without an end.",
      right: 'passes: after ten seconds another consumer of the group takes its place',
      ...patched(STICKY_CONSUMER),
      run: ({ action }) => action({ clients: 'host', messages: '100', 'message-interval': '0' }),
      withinS: 90,
      ends: {
        result: 'passed',
        says: [/Nothing for 10 s, although there is more: another consumer goes on/],
        outputs: { 'host-messages-consumed': '100' },
      },
    },
    {
      name: 'python-producer-stuck',
      situation: "The first client that the pair's producer asks where the topic ends gets no answer.",
      right: 'passes: after ten seconds another client asks',
      ...patched(SILENT_ENDS),
      run: ({ action }) => action({ clients: 'host' }),
      withinS: 90,
      ends: {
        result: 'passed',
        says: [/No answer for 10 s where the topic ends: another client asks/],
        outputs: { 'host-messages-consumed': '10' },
      },
    },
  ],
};
