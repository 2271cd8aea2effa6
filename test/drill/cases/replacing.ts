import { asRoot, connectionToAll, type Machine } from '../../integration/support/lab.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';
import { NO_LOSS } from '../support/kafka-doings.ts';
import { refuseLoss, whileProducing } from '../support/steady-producer.ts';

const DIRECTORY = '/home/ec2-user/docker_exp';
const COMPOSE = '/usr/local/bin/docker-compose';
const QUICK = { clients: 'runner', messages: '20', 'smoke-timeout': '180' };
const PROVEN = { result: 'passed', neverSays: NO_LOSS } as const;

const starts = (machines: readonly Machine[]) =>
  Promise.all(
    machines.map(async machine =>
      Date.parse(await asRoot(machine, "docker inspect --format '{{.State.StartedAt}}' docker_exp-kafka-1")),
    ),
  );

/** Nodes that were made with another setting than that of the action's file, as after a version of it that had another one. */
async function setOtherwise(machines: readonly Machine[]): Promise<void> {
  for (const machine of machines) {
    await asRoot(
      machine,
      `cd ${DIRECTORY} && sed -i 's/REBALANCE_DELAY_MS: 0/REBALANCE_DELAY_MS: 10/' docker-compose.yml && ${COMPOSE} up -d --wait`,
    );
  }
}

/** The nodes are of one cluster only a while after each of them runs. */
const settle = (scene: Scene) => scene.action({ ...QUICK, mode: 'smoke-test' });

const changed: DrillCase = {
  name: 'setting-changed',
  situation:
    'Every node of a cluster runs with another setting than the compose file has, and a producer never stops.',
  right: 'One node at a time is started anew, and no acknowledged message is lost.',
  withinS: 300,
  async make(scene) {
    await setOtherwise(scene.machines);
    await settle(scene);
  },
  async run(scene) {
    const { done, flow } = await whileProducing(scene.machines, () => scene.action(QUICK));
    refuseLoss(flow);
    return done;
  },
  ends: {
    ...PROVEN,
    outputs: { changed: 'compose-file,rolling-change' },
    says: [/Changed nodes started anew, one after the other: changed/],
  },
  async also({ machines }) {
    const times = (await starts(machines)).toSorted((one, other) => one - other);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    if (gaps.some(gap => gap < 5_000)) throw new Error(`nodes were started together: gaps of ${gaps} ms`);
  },
};

const META = '/var/lib/docker/volumes/docker_exp_data/_data/meta.properties';

const stays: DrillCase = {
  name: 'changed-node-stays-away',
  situation: 'The setting changes, and the first node to be started anew cannot read its data any more.',
  right: 'The change stops there, the others run as they were, and the message says which node and why.',
  withinS: 240,
  async make(scene) {
    await setOtherwise(scene.machines);
    await settle(scene);
    // Of three controllers one follower comes first; whichever it is, it cannot begin again.
    await Promise.all(
      scene.machines.map(machine => asRoot(machine, `chown root: ${META}; chmod 600 ${META}`)),
    );
  },
  run: async scene => {
    const before = await starts(scene.machines);
    const run = await scene.action({ ...QUICK, 'smoke-timeout': '90' });
    const after = await starts(scene.machines);
    const touched = after.filter((time, index) => time !== before[index]).length;
    if (touched !== 1) throw new Error(`${touched} nodes were started anew\n${run.log}`);
    return run;
  },
  ends: {
    result: 'failed',
    code: 'container-failed',
    says: [/node \d on \S+ did not come back: .*; as they were: node \d on \S+, node \d on /],
  },
  mend: ({ machines }) =>
    Promise.all(
      machines.map(machine => asRoot(machine, `chown 1000:1000 ${META}; docker restart docker_exp-kafka-1`)),
    ),
};

const inPlace = ({ machines, spare }: Scene) => {
  const [first, second, lost] = machines;
  if (!first || !second || !lost || !spare) throw new Error('this case needs three machines and one more');
  const replace = `${lost.host}:${lost.port}=${spare.host}:${spare.port}`;
  return {
    lost,
    replace,
    places: [first, second, [lost, spare]],
    list: connectionToAll([first, second, spare]),
  };
};

const refused: DrillCase = {
  name: 'replaced-machine-is-alive',
  situation: 'A machine is said to be lost by a wrong name, and its node runs on.',
  right: 'The new one is not made a second node of that id: nothing is placed.',
  withinS: 120,
  run(scene) {
    const { list, replace } = inPlace(scene);
    return scene.action({ ...list, ...QUICK, replace: `127.0.0.1:1=${replace.split('=')[1]}` });
  },
  ends: {
    result: 'failed',
    code: 'replacement-refused',
    says: [/broker 3 still answers to the cluster, and 127\.0\.0\.1:1 was not reached/],
    outputs: { changed: 'replacement' },
  },
  also: async ({ spare }) => {
    const found = spare && (await asRoot(spare, 'ls -A /home/ec2-user'));
    if (/docker_exp/.test(`${found}`)) throw new Error(`something is on the new machine: ${found}`);
  },
  isElsewhere: true,
};

const replaced: DrillCase = {
  name: 'controller-replaced',
  situation: 'The machine of node 3 is gone, a bare one takes its node, and a producer never stops.',
  right: 'Node 3 is on the new machine, the others know it, and no acknowledged message is lost.',
  withinS: 400,
  async run(scene) {
    const { lost, replace, places, list } = inPlace(scene);
    const work = async () => {
      await asRoot(
        lost,
        'systemctl disable --now docker.socket docker; pkill -KILL java; systemctl stop ssh || true',
      );
      return scene.action({ ...list, ...QUICK, replace });
    };
    const { done, flow } = await whileProducing(places, work);
    refuseLoss(flow);
    return done;
  },
  ends: { ...PROVEN, says: [/node 3, controller and broker, at \S+, in place of /] },
  async also(scene) {
    const { replace, list } = inPlace(scene);
    for (const inputs of [{ replace }, { replace: '' }]) {
      const { outputs, log } = await scene.action({ ...list, ...QUICK, ...inputs });
      if (outputs.result !== 'passed' || outputs.changed !== '')
        throw new Error(`the next run changed ${outputs.changed}\n${log}`);
    }
  },
  isElsewhere: true,
};

/** Changes one node at a time, and replaces a machine. Each case goes on from the one before. */
export const REPLACING: DrillGroup = {
  name: 'replacing',
  machine: 'three-and-one',
  cases: [changed, stays, refused, replaced],
};
