import type { DrillCase, DrillGroup } from '../support/drill-case.ts';
import { kafkaTool, makeTopic, removeTopics } from '../support/kafka-tools.ts';

const HOME = '/home/ec2-user/docker_exp';
const RUNNER = { clients: 'runner' };

/** A topic with these settings, which the action is told to use. */
function refused(
  name: string,
  setting: string,
  words: RegExp,
  inputs: Record<string, string> = {},
): DrillCase {
  return {
    name,
    situation: `The topic has ${setting}${inputs.clients ? `; clients: ${inputs.clients}` : ''}.`,
    right: "topic-unusable at once, with Kafka's own reason",
    make: scene => makeTopic(scene, 'refusing', setting),
    run: ({ action }) => action({ topic: 'refusing', ...inputs }),
    mend: scene => removeTopics(scene, 'refusing'),
    withinS: 40,
    ends: {
      result: 'failed',
      code: 'topic-unusable',
      says: [words],
      neverSays: [/ERROR: (host-client|round-trip)-failed/],
    },
  };
}

/** Ends producer.py itself, and none of the programs around it that have its command line in theirs. */
const killer = `setsid bash -c 'for i in $(seq 600); do pkill -9 -x -f "${HOME}/kafka_env/bin/[p]ython producer.py .*" && exit; sleep .1; done' >/dev/null 2>&1 &`;

export const REFUSALS: DrillGroup = {
  name: 'refusals',
  machine: 'deployed',
  cases: [
    refused('max-message-bytes', 'max.message.bytes=100', /MessageSizeTooLarge|RecordListTooLarge/),
    refused('max-message-bytes-runner', 'max.message.bytes=100', /larger than the max message size/, RUNNER),
    refused('segment-too-small', 'segment.bytes=100', /RecordListTooLarge|MessageSizeTooLarge/),
    refused('timestamps-refused', 'message.timestamp.before.max.ms=1', /InvalidTimestamp/),
    refused('timestamps-refused-runner', 'message.timestamp.before.max.ms=1', /timestamp/, RUNNER),
    refused('compacted-topic-pair', 'cleanup.policy=compact', /is compacted/),
    {
      name: 'colliding-topic-name',
      situation: 'A topic a_b is there, and the action is asked for a.b.',
      right: "topic-unusable with Kafka's sentence, which names the other topic; nothing is waited for",
      quick: true,
      make: scene => makeTopic(scene, 'a_b'),
      run: ({ action }) => action({ topic: 'a.b' }),
      mend: scene => removeTopics(scene, 'a_b'),
      withinS: 30,
      ends: {
        result: 'failed',
        code: 'topic-unusable',
        says: [/Topic 'a\.b' collides with existing topics: a_b/],
        neverSays: [/creation errors/i, /kafka-not-ready/],
      },
    },
    {
      name: 'more-replicas-asked-than-there-are',
      situation: 'The topic has min.insync.replicas=4 and three replicas.',
      right: 'passes: Kafka asks for no more than there are',
      make: scene => makeTopic(scene, 'refusing', 'min.insync.replicas=4'),
      run: ({ action }) => action({ topic: 'refusing' }),
      mend: scene => removeTopics(scene, 'refusing'),
      ends: { result: 'passed' },
    },
    {
      name: 'producer-quota',
      situation: 'Clients may send 1,000 bytes a second.',
      right: 'passes, more slowly',
      make: scene => kafkaTool(scene, 'kafka-configs', quota('--add-config producer_byte_rate=1000')),
      mend: scene => kafkaTool(scene, 'kafka-configs', quota('--delete-config producer_byte_rate')),
      withinS: 90,
      ends: { result: 'passed' },
    },
    {
      name: 'pair-killed',
      situation: 'producer.py is ended by SIGKILL, as the kernel does when memory runs out.',
      right: 'host-client-failed with the signal',
      make: ({ root }) => root(killer),
      run: ({ action }) => action({ 'message-interval': '2' }),
      ends: { result: 'failed', code: 'host-client-failed', says: [/ended by SIGKILL/] },
    },
    {
      name: 'virtual-environment-broken',
      situation: 'A part of kafka-python is gone from the virtual environment.',
      right: 'passes: the virtual environment is made anew',
      make: ({ root }) => root(`rm -rf ${HOME}/kafka_env/lib/python3*/site-packages/kafka/consumer`),
      ends: { result: 'passed' },
    },
    {
      name: 'another-kafka-python',
      situation: 'Somebody has installed an older kafka-python over ours.',
      right: 'passes: the virtual environment is made anew',
      make: ({ root }) =>
        root(
          `sed -i 's/^__version__ = .*/__version__ = "2.0.2"/' ${HOME}/kafka_env/lib/python3*/site-packages/kafka/version.py`,
        ),
      ends: { result: 'passed' },
    },
  ],
};

const quota = (change: string) => `--alter --entity-type clients --entity-default ${change}`;
