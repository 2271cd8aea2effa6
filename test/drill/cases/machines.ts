import kafkajs from 'kafkajs';
import { asRoot, type Machine } from '../../integration/support/lab.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';
import { OUTAGES } from './machine-outages.ts';

const secondOf = ({ machines }: Scene): Machine => {
  const second = machines[1];
  if (!second) throw new Error('this case needs several machines');
  return second;
};

const PRIVATE = '/home/ec2-user/docker_exp/private';
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Gives the second machine's node a certificate of the cluster's authority for its own key, which ends in so many days. */
async function endIn(scene: Scene, days: number): Promise<void> {
  const second = secondOf(scene);
  const request = await asRoot(second, `openssl req -new -key ${PRIVATE}/tls/node.pem -subj /CN=node-2`);
  const extensions = `subjectAltName=IP:${second.address}\nextendedKeyUsage=serverAuth,clientAuth\n`;
  const certificate = await scene.root(
    [
      `cd ${PRIVATE}/authority`,
      `echo ${base64(extensions)} | base64 -d >/tmp/extensions`,
      `echo ${base64(request)} | base64 -d | openssl x509 -req -CA ca.crt -CAkey ca.key -set_serial 7 -days ${days} -extfile /tmp/extensions 2>/dev/null`,
    ].join('\n'),
  );
  await asRoot(
    second,
    [
      `cd ${PRIVATE}/tls`,
      `pem=$(openssl pkey -in node.pem; echo ${base64(`${certificate}\n`)} | base64 -d; cat ca.crt)`,
      `printf '%s\\n' "$pem" >node.pem`,
      'docker restart docker_exp-kafka-1',
    ].join('\n'),
  );
}

/** When each machine's node was started. */
const startsOf = ({ machines }: Scene) =>
  Promise.all(
    machines.map(machine =>
      asRoot(machine, "docker inspect --format '{{.State.StartedAt}}' docker_exp-kafka-1"),
    ),
  );

const certificateEnds: DrillCase = {
  name: 'machine-certificate-ends',
  situation: 'The certificate of one node ends in 20 days.',
  right: 'it is made anew, and that node alone is restarted for it',
  withinS: 120,
  make: scene => endIn(scene, 20),
  async run(scene) {
    const before = await startsOf(scene);
    const run = await scene.action();
    const after = await startsOf(scene);
    const restarted = after.map((start, index) => start !== before[index]);
    if (`${restarted}` !== 'false,true,false') throw new Error(`restarted: ${restarted}\n${run.log}`);
    return run;
  },
  ends: {
    result: 'passed',
    outputs: { changed: 'certificate,certificate-use', 'messages-lost': '0' },
    says: [/to do: it ends on /, /with a certificate of before: \S+$/m],
  },
};

const authorityLost: DrillCase = {
  name: 'machine-authority-lost',
  situation: "The authority's key is gone from the first machine.",
  right: 'there is a new one, every node has a certificate of it, and they are restarted together',
  withinS: 180,
  make: ({ root }) => root(`rm ${PRIVATE}/authority/ca.key`),
  ends: {
    result: 'passed',
    outputs: { changed: 'authority,certificate,client-certificate,certificate-use' },
    says: [/it is of another authority/, /they are restarted together/],
  },
};

let startedBefore: string[] = [];

/** A broker of one machine is restarted by the action itself, which sees to it that it comes back. */
const drill: DrillCase = {
  name: 'machine-drill',
  situation: 'drill: broker-restart, over several machines.',
  right: 'the node of one machine is restarted while messages flow, and none is lost',
  withinS: 120,
  make: async scene => {
    startedBefore = await startsOf(scene);
  },
  run: scene => scene.action({ mode: 'smoke-test', drill: 'broker-restart', clients: 'runner' }),
  ends: {
    result: 'passed',
    outputs: { 'drill-messages-lost': '0', 'messages-lost': '0', changed: '' },
    says: [/broker \d \(kafka@\S+\) has stopped$/m, /every replica is in sync again$/m],
  },
  also: async scene => {
    const after = await startsOf(scene);
    const restarted = after.filter((start, index) => start !== startedBefore[index]).length;
    if (restarted !== 1) throw new Error(`nodes that were restarted: ${restarted}`);
  },
};
const tunnel: DrillCase = {
  name: 'machine-tunnel',
  situation: 'tunnel: true, over several machines.',
  right: 'a client on the runner writes to the broker of each machine, and reaches the registry',
  run: scene => scene.action({ mode: 'smoke-test', tunnel: 'true', clients: 'runner' }),
  ends: {
    result: 'passed',
    says: [/✔ Tunnel: localhost:19092, localhost:8081, localhost:29092, localhost:39092 /],
  },
  also: async (_, run) => {
    try {
      await writeToEveryBroker((run.outputs['bootstrap-servers'] ?? '').split(','));
      const subjects = await fetch(`${run.outputs['schema-registry-url']}/subjects`);
      if (!subjects.ok) throw new Error(`the registry answered ${subjects.status}`);
    } finally {
      await run.post();
    }
  },
  isElsewhere: true,
};

/** @throws Error unless a record could be written to each partition of the topic, led by three brokers */
async function writeToEveryBroker(brokers: readonly string[]): Promise<void> {
  // Its classes cannot be imported by name.
  const { Kafka, logLevel } = kafkajs;
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: ['test-topic'] });
    const partitions = topics[0]?.partitions ?? [];
    const leaders = new Set(partitions.map(({ leader }) => leader));
    if (leaders.size !== 3) throw new Error(`partitions are led by ${[...leaders]}`);
    const messages = partitions.map(({ partitionId: partition }) => ({ partition, value: 'by the tunnel' }));
    await producer.send({ topic: 'test-topic', messages });
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
}

export const MACHINES: DrillGroup = {
  name: 'machines',
  machine: 'three',
  cases: [tunnel, drill, ...OUTAGES, certificateEnds, authorityLost],
};
