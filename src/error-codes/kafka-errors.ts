import type { ErrorText } from './error-text.ts';

/** Faults of the cluster, as the smoke test tells them. */
export const KAFKA_ERRORS = {
  'cluster-not-found': {
    meaning: 'The machine has no cluster of this name to test.',
    hint: 'Set project-name, directory or environment as in the deployment, or name the cluster by bootstrap-servers. What is there shows: sudo docker ps --all --format "{{.Names}}"',
  },
  'kafka-not-ready': {
    meaning: 'The brokers did not all register, or the group coordinator did not answer, in time.',
    hint: "Read the brokers' last lines, in the summary or by sudo docker logs CONTAINER. One that hangs is started anew by sudo docker restart CONTAINER. On a small machine raise smoke-timeout.",
  },
  'schema-registry-not-ready': {
    meaning: 'The schema registry did not answer in time.',
    hint: "Read the registry's last lines, in the summary or by sudo docker logs CONTAINER; it starts after the brokers and needs them. One that hangs is started anew by sudo docker restart CONTAINER.",
  },
  'python-setup-failed': {
    meaning: 'The Python virtual environment or kafka-python could not be set up.',
    hint: "Read pip's last lines: most often the machine cannot reach the package index. Try it there: curl -sI https://pypi.org/simple/",
  },
  'host-client-failed': {
    meaning: 'producer.py or consumer.py on the machine failed, or did not see every message.',
    hint: 'The message gives the reason, the last lines of the script say more. By hand, in the directory of the deployment: kafka_env/bin/python producer.py',
  },
  'topic-not-found': {
    meaning: 'The topic of the smoke test does not exist.',
    hint: 'Someone deleted it while the test ran. Run again: a missing topic is created.',
  },
  'topic-unusable': {
    meaning: 'The test cannot use the topic: Kafka refuses it, or messages for it, as it is set up.',
    hint: "Name another topic; the one in the message is left as it is. Its settings, in a broker's container: kafka-configs --bootstrap-server localhost:9092 --describe --topic TOPIC",
  },
  'codec-missing': {
    meaning: "The topic is compressed with a codec that the machine's Python cannot read.",
    hint: 'Set clients to runner, whose clients read every codec. Or see to it that pip on the machine finds the wheel of the codec, remove kafka_env and deploy again.',
  },
  'messages-lost': {
    meaning: 'Messages that the brokers acknowledged are no longer on the brokers.',
    hint: 'Look at the settings of the topic (retention, cleanup.policy), at who may delete records, and at the logs of the brokers that led the partitions (sudo docker logs CONTAINER).',
  },
  'messages-corrupted': {
    meaning: 'Messages came back with different content from what was sent.',
    hint: 'Find out who else writes to the topic, and check the disks of the brokers: sudo dmesg | tail',
  },
  'messages-unread': {
    meaning: 'Messages that the brokers acknowledged, and still have, did not reach the consumer.',
    hint: 'The consumer had its time, and another one in its place. Look at the consumer group and at the logs of the brokers that lead the partitions (sudo docker logs CONTAINER).',
  },
  'messages-duplicated': {
    meaning: 'Messages are in the topic more times than they were sent.',
    hint: 'Find out who else writes to the topic: the producer of the test is idempotent.',
  },
  'messages-out-of-order': {
    meaning: 'Messages of one partition arrived in a different order from the one they were sent in.',
    hint: 'Find out who else writes to the topic: the producer of the test keeps the order.',
  },
  'offsets-wrong': {
    meaning: 'The consumer group did not remember where it had stopped.',
    hint: 'Check the topic __consumer_offsets: its replication factor, its cleanup.policy (compact) and the logs of the brokers.',
  },
  'consumer-group-stuck': {
    meaning:
      'The consumer group cannot hand out its partitions: a member does not answer, or keeps them for itself.',
    hint: 'Stop the member named in the message, or use another group. kafka-consumer-groups --describe --members shows them.',
  },
  'broker-down': {
    meaning: 'A broker of the cluster stopped serving, if only for a while.',
    hint: "Read the broker's last lines (sudo docker logs CONTAINER). One that has stopped is started by a second run of the action; one that runs and does not answer by sudo docker restart CONTAINER.",
  },
  'replicas-out-of-sync': {
    meaning: 'Not every replica of the topic is in sync: if one more broker fails, messages could be lost.',
    hint: 'Look at the brokers named in the message: they are down, or too slow to keep up (sudo docker stats --no-stream).',
  },
  'not-enough-replicas': {
    meaning: 'The topic has fewer in-sync replicas than an acknowledgement needs.',
    hint: 'Start the missing brokers (sudo docker ps --all; sudo docker start CONTAINER), or lower min.insync.replicas of the topic.',
  },
  'latency-too-high': {
    meaning: 'The messages took longer than max-latency-p95-ms allows.',
    hint: 'Look at the latency of each broker in the summary; the first run after a start is slower than later ones.',
  },
  'throughput-too-low': {
    meaning: 'Fewer messages per second came back than min-throughput asks for.',
    hint: 'A few messages say little about throughput: raise messages. Then look at the machine: sudo docker stats --no-stream; iostat or vmstat 1 5',
  },
  'schema-registry-failed': {
    meaning: 'The schema registry answers, but does not work as it should.',
    hint: 'The message says what it answered; read its last lines: sudo docker logs CONTAINER. One that does not answer what it is to write has lost Kafka, and is started anew by sudo docker restart CONTAINER: all that it has is in Kafka.',
  },
  'schema-refused': {
    meaning:
      'A schema of the input schemas makes no sense to the registry, or cannot follow what its subject has; none was registered.',
    hint: 'Change the schema as the message says, or the subject\'s rule, on the machine: curl -X PUT -H "Content-Type: application/json" -d \'{"compatibility": "NONE"}\' http://localhost:8081/config/SUBJECT',
  },
  'drill-failed': {
    meaning: 'The drill could not be carried out, or the cluster did not recover from it.',
    hint: 'The timeline in the summary shows how far it got. The broker was started again: sudo docker logs CONTAINER',
  },
  'round-trip-failed': {
    meaning: 'The producer or the consumer on the runner could not finish.',
    hint: 'Read the message: Kafka says why. Raise smoke-timeout if many messages are sent.',
  },
} as const satisfies Record<string, ErrorText>;
