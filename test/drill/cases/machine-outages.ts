import { asRoot, cutOff, type Machine, openWays } from '../../integration/support/lab.ts';
import type { DrillCase, Scene } from '../support/drill-case.ts';
import { allBack, inTheMiddle, sleep } from '../support/kafka-doings.ts';
import { refuseLoss, untilInSync, whileProducing } from '../support/steady-producer.ts';

/** Longer than a controller waits for a broker that says nothing (9 s), and than the keepalive of a connection (3 times 3 s). */
const AWAY_MS = 20_000;
/** Without the machine nothing is acknowledged for up to 18 s, and what was sent there is sent again. */
const PATIENT = { mode: 'smoke-test', 'smoke-timeout': '150' };
const MESSAGES = 150;
/** The longest that a producer may wait for an acknowledgement: 9 s until the broker counts as gone, an election, a busy computer. */
const LONGEST_PAUSE_MS = 45_000;

const secondOf = ({ machines }: Scene): Machine => {
  const second = machines[1];
  if (!second) throw new Error('this case needs several machines');
  return second;
};

/** @returns what `work` returns, once no acknowledged message of a producer that wrote meanwhile is lost, and none waited for too long */
async function withoutLoss<T>({ machines }: Scene, work: () => Promise<T>): Promise<T> {
  const { done, flow } = await whileProducing(machines, work);
  refuseLoss(flow);
  if (flow.longestPauseMs > LONGEST_PAUSE_MS)
    throw new Error(`a message waited ${Math.round(flow.longestPauseMs)} ms for its acknowledgement`);
  return done;
}

/** Tells how long the second machine took until its broker had everything again. */
async function tellRejoin({ machines }: Scene): Promise<void> {
  const tookMs = await untilInSync(machines);
  console.log(`[drill]   every replica in sync again ${Math.round(tookMs)} ms after the machine was back`);
}

/** What becomes of one machine while messages flow: it is away, comes back, and no acknowledged message is lost. */
const away = (
  name: string,
  situation: string,
  happen: (second: Machine, scene: Scene) => Promise<unknown>,
): DrillCase => ({
  name,
  situation,
  right: 'the two others go on, the machine comes back, every message came back once',
  withinS: 240,
  run: scene =>
    withoutLoss(scene, () =>
      inTheMiddle(scene, { ...PATIENT, messages: `${MESSAGES}` }, async () => {
        await happen(secondOf(scene), scene);
        await tellRejoin(scene);
      }),
    ),
  ends: allBack(MESSAGES),
  mend: ({ machines }) => openWays(machines),
});

/**
 * The part of the run with a topic of its own waits 30 s for every broker before its messages: whether the machine is back in that time
 * is luck. It may say so, and nothing else; the messages of the other part came back in any case.
 */
const maySayItIsAway = (each: DrillCase): DrillCase => ({
  ...each,
  right: `${each.right}; or the run says that its broker does not serve`,
  ends: { ...each.ends, result: 'either' },
  also: async (_, { outputs, log }) => {
    const code = outputs['error-code'];
    if (code && !['broker-down', 'replicas-out-of-sync'].includes(code)) throw new Error(`${code}\n${log}`);
  },
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

const STOP_ENGINE = 'systemctl stop docker.socket docker';

const engineStopped = away(
  'machine-engine-stopped',
  'While messages flow, the Docker Engine of one machine is stopped for 20 seconds.',
  async second => {
    await asRoot(second, STOP_ENGINE);
    await sleep(AWAY_MS);
    await asRoot(second, 'systemctl start docker.socket docker');
  },
);

/** Nobody but a deployment brings the machine back. */
const engineDown: DrillCase = {
  name: 'machine-engine-down',
  situation:
    'The Docker Engine of one machine is stopped and would not start at a boot, while a producer never stops.',
  right:
    'A plain run says on which machine it starts the Docker Engine, the node is back, and nothing is lost.',
  withinS: 240,
  run: scene =>
    withoutLoss(scene, async () => {
      await asRoot(secondOf(scene), `systemctl disable docker.socket docker; ${STOP_ENGINE}`);
      await sleep(AWAY_MS);
      return scene.action({ clients: 'runner', 'smoke-timeout': '150' });
    }),
  ends: { result: 'passed', outputs: { 'messages-lost': '0' } },
  async also(scene, { log, outputs }) {
    const { host, port } = secondOf(scene);
    const line = `Docker started, enabled and answering · ${host}:${port}: changed`;
    if (!log.includes(line)) throw new Error(`the log does not say "${line}"`);
    const others = outputs.changed?.split(',').filter(name => !['docker-service', 'stack'].includes(name));
    if (others?.length !== 0) throw new Error(`changed besides: ${others}`);
  },
};

/** A machine of the cluster fails in every way that a machine fails, and comes back. */
export const OUTAGES: readonly DrillCase[] = [
  nodeKilled,
  ...[engineStopped, cutFromOthers, cutFromAll].map(maySayItIsAway),
  engineDown,
];
