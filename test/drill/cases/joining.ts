import { connectionToAll } from '../../integration/support/lab.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';
import { NO_LOSS } from '../support/kafka-doings.ts';

const ORDERS = { topics: 'orders:8:3', messages: '20', clients: 'runner' };

/** The inputs that name the fourth machine, too. */
const withSpare = ({ machines, spare }: Scene) => {
  if (!spare) throw new Error('this case needs one more machine');
  return { ...connectionToAll([...machines, spare]), ...ORDERS };
};

const runOnFour = (scene: Scene, inputs: Readonly<Record<string, string>>) =>
  scene.action({ ...withSpare(scene), ...inputs });

const PROVEN = {
  result: 'passed',
  neverSays: NO_LOSS,
  outputs: { 'messages-produced': '20', 'messages-consumed': '20', 'messages-lost': '0' },
} as const;

/** A machine joins a cluster of three; each case goes on from the one before. */
const joins: DrillCase = {
  name: 'machine-joins',
  situation:
    'A fourth machine stands in the list of a cluster of three, which has a topic of eight partitions.',
  right:
    'It joins as a broker and gets its share of the partitions, at the pace that was given; then nothing is throttled.',
  withinS: 240,
  make: scene => scene.action(ORDERS),
  run: scene => runOnFour(scene, { rebalance: 'true', 'rebalance-throttle': '5000000' }),
  ends: {
    ...PROVEN,
    says: [
      /node 4, a broker/,
      /node 4: replicas 0 -> [1-9]/,
      /kafka-reassign-partitions .*--throttle 5000000/,
    ],
  },
  isElsewhere: true,
};

const again: DrillCase = {
  name: 'machine-joined-before',
  situation: 'The same list again, when the partitions are spread.',
  right: 'Nothing is changed.',
  withinS: 120,
  run: scene => runOnFour(scene, { rebalance: 'true' }),
  ends: { ...PROVEN, outputs: { ...PROVEN.outputs, changed: '' }, says: [/partitions, evenly on 4 brokers/] },
  isElsewhere: true,
};

export const JOINING: DrillGroup = { name: 'joining', machine: 'three-and-one', cases: [joins, again] };
