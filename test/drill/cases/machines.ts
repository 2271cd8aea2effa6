import { asRoot, cutOff, type Machine, openWays } from '../../integration/support/lab.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';
import { allBack, inTheMiddle, sleep } from '../support/kafka-doings.ts';

/** Longer than a controller waits for a broker that says nothing (9 s), and than the keepalive of a connection (3 times 3 s). */
const AWAY_MS = 20_000;
/** Without the machine nothing is acknowledged for up to 18 s, and what was sent there is sent again. */
const PATIENT = { mode: 'smoke-test', 'smoke-timeout': '150' };
const MESSAGES = 150;

const secondOf = ({ machines }: Scene): Machine => {
  const second = machines[1];
  if (!second) throw new Error('this case needs several machines');
  return second;
};

/** What becomes of one machine while messages flow: it is away, comes back, and no acknowledged message is lost. */
const away = (
  name: string,
  situation: string,
  happen: (second: Machine, scene: Scene) => Promise<unknown>,
): DrillCase => ({
  name,
  situation,
  right: 'the two others go on, the machine comes back, every message came back once',
  withinS: 150,
  run: scene =>
    inTheMiddle(scene, { ...PATIENT, messages: `${MESSAGES}` }, () => happen(secondOf(scene), scene)),
  ends: allBack(MESSAGES),
  mend: ({ machines }) => openWays(machines),
});

const cutFromOthers = away(
  'machine-cut-from-others',
  'While messages flow, nothing comes from the other machines to one of them for 20 seconds; SSH works.',
  async (second, { machines }) => {
    await Promise.all(machines.filter(each => each !== second).map(other => cutOff(second, other)));
    await sleep(AWAY_MS);
    await openWays(machines);
  },
);

const cutFromAll = away(
  'machine-cut-from-all',
  'While messages flow, one machine is cut off from everything for 20 seconds, SSH too.',
  async (second, { machines }) => {
    await cutOff(second);
    await sleep(AWAY_MS);
    await openWays(machines);
  },
);

const nodeKilled = away(
  'machine-node-killed',
  'While messages flow, the node of one machine is killed without a warning; Docker starts it again.',
  second => asRoot(second, 'pkill -KILL -o java'),
);

const engineStopped = away(
  'machine-engine-stopped',
  'While messages flow, the Docker Engine of one machine is stopped for 20 seconds.',
  async second => {
    await asRoot(second, 'systemctl stop docker.socket docker');
    await sleep(AWAY_MS);
    await asRoot(second, 'systemctl start docker.socket docker');
  },
);

export const MACHINES: DrillGroup = {
  name: 'machines',
  machine: 'three',
  cases: [nodeKilled, engineStopped, cutFromOthers, cutFromAll],
};
