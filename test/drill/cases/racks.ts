import { asRoot, connectionToAll } from '../../integration/support/lab.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';
import { NO_LOSS } from '../support/kafka-doings.ts';
import { startMetadataService, stopMetadataService } from '../support/metadata-service.ts';

const ZONES = ['eu-west-3a', 'eu-west-3b', 'eu-west-3c'];
const ORDERS = { topics: 'orders:8:3', messages: '20', clients: 'runner' };

const onFour = ({ machines, spare, action }: Scene, inputs: Readonly<Record<string, string>> = {}) => {
  if (!spare) throw new Error('this case needs one more machine');
  return action({ ...connectionToAll([...machines, spare]), ...ORDERS, ...inputs });
};

const PROVEN = {
  result: 'passed',
  neverSays: NO_LOSS,
  outputs: { 'messages-produced': '20', 'messages-consumed': '20', 'messages-lost': '0' },
} as const;

/** One of Kafka's tools in the container of node 1. */
const tool = ({ root }: Scene, name: string, options: string) =>
  root(
    `cd /home/ec2-user/docker_exp; . ./.env; docker exec docker_exp-kafka-1 ${name} --bootstrap-server $NODE_ADDRESS:9092 --command-config /etc/kafka/tls/client.properties ${options} </dev/null`,
  );

/** @throws Error unless Kafka itself says that the brokers are in these racks, by their ids from 1 on */
async function expectRacks(scene: Scene, ...racks: readonly string[]): Promise<void> {
  const said = await tool(scene, 'kafka-broker-api-versions', '');
  const found = [...said.matchAll(/\(id: (\d+) rack: (\S+)/g)].map(([, id, rack]) => `${id} in ${rack}`);
  const wanted = racks.map((rack, index) => `${index + 1} in ${rack}`);
  if (found.sort().join() !== wanted.join()) throw new Error(`Kafka says ${found}, and not ${wanted}`);
}

/** When each node was started, to see that none was restarted. */
const startTimes = ({ machines }: Scene) =>
  Promise.all(
    machines.map(machine => asRoot(machine, `docker inspect -f '{{.State.StartedAt}}' docker_exp-kafka-1`)),
  ).then(times => times.join());
let startedBefore = '';

async function expectNoRestart(scene: Scene): Promise<void> {
  if ((await startTimes(scene)) !== startedBefore) throw new Error('a node was restarted');
}

const known: DrillCase = {
  name: 'zones-known',
  situation: 'The metadata service of each of three machines says in which availability zone it is.',
  right: 'Each broker gets its zone as its rack, which Kafka confirms.',
  withinS: 180,
  make: ({ machines }) =>
    Promise.all(machines.map((machine, index) => startMetadataService(machine, ZONES[index] ?? ''))),
  run: scene => scene.action(ORDERS),
  ends: {
    ...PROVEN,
    says: ZONES.map(zone => new RegExp(`: node \\d, controller and broker,.* in ${zone} at `)),
  },
  also: scene => expectRacks(scene, ...ZONES),
  isElsewhere: true,
};

const silent: DrillCase = {
  name: 'zones-silent',
  situation: 'The metadata services do not answer any more.',
  right: 'The nodes stay in the racks that they are in, and nothing is changed.',
  make: async scene => {
    await Promise.all(scene.machines.map(stopMetadataService));
    startedBefore = await startTimes(scene);
  },
  run: scene => scene.action(ORDERS),
  ends: { ...PROVEN, outputs: { ...PROVEN.outputs, changed: '' }, neverSays: [...NO_LOSS, /the rack of/] },
  also: expectNoRestart,
  isElsewhere: true,
};

const unknown: DrillCase = {
  name: 'zone-of-one-unknown',
  situation: 'A fourth machine joins, and nobody says in which zone it is.',
  right: 'It joins without a rack, which is told with what to do; the others stay as they are.',
  withinS: 240,
  run: scene => onFour(scene),
  ends: { ...PROVEN, says: [/the rack of \S+ is not known, .* Give racks, one for each machine/] },
  also: expectNoRestart,
  isElsewhere: true,
};

const shared: DrillCase = {
  name: 'racks-shared',
  situation:
    'The racks of four machines are given, of which two are the same, and partitions are to be spread.',
  right: 'No partition has two replicas in one rack, and the two brokers in it share what there is for it.',
  withinS: 240,
  run: scene => onFour(scene, { rebalance: 'true', racks: [...ZONES, ZONES[0]].join('\n') }),
  ends: { ...PROVEN, says: [/node 4: replicas 0 -> [1-9]/] },
  also: async scene => {
    await expectRacks(scene, ...ZONES, 'eu-west-3a');
    startedBefore = await startTimes(scene);
    const described = await tool(scene, 'kafka-topics', '--describe');
    const replicas = [...described.matchAll(/Replicas: ([\d,]+)/g)].map(([, ids = '']) => ids.split(','));
    const both = replicas.filter(ids => ids.includes('1') && ids.includes('4'));
    if (replicas.length < 8 || both.length > 0)
      throw new Error(`${both.length} of ${replicas.length} partitions are twice in one rack`);
  },
  isElsewhere: true,
};

/** Where a fourth machine stands that has moved. */
const MOVED = [...ZONES, 'eu-west-3b'];

const moved: DrillCase = {
  name: 'rack-changed',
  situation: 'The fourth of four machines stands in another rack than before.',
  right:
    'Its node alone is started anew, which the log says, and Kafka has it in the new rack; the others are not touched.',
  withinS: 240,
  run: scene => onFour(scene, { racks: MOVED.join('\n') }),
  ends: {
    ...PROVEN,
    outputs: { ...PROVEN.outputs, changed: 'compose-file,rolling-change' },
    says: [/: node 4, a broker, in eu-west-3b at /, /node 4 on \S+:$/m],
  },
  also: async scene => {
    await expectRacks(scene, ...MOVED);
    await expectNoRestart(scene);
  },
  isElsewhere: true,
};

const takenAway: DrillCase = {
  name: 'racks-taken-away',
  situation: 'racks is not given any more, and no metadata service answers.',
  right: 'Each node keeps the rack that it has, and nothing is changed.',
  withinS: 120,
  run: scene => onFour(scene),
  ends: { ...PROVEN, outputs: { ...PROVEN.outputs, changed: '' }, neverSays: [...NO_LOSS, /the rack of/] },
  also: async scene => {
    await expectRacks(scene, ...MOVED);
    await expectNoRestart(scene);
  },
  isElsewhere: true,
};

export const RACKS: DrillGroup = {
  name: 'racks',
  machine: 'three-and-one',
  cases: [known, silent, unknown, shared, moved, takenAway],
};
