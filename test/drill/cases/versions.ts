import { asRoot, type Machine } from '../../integration/support/lab.ts';
import type { DrillCase, DrillGroup } from '../support/drill-case.ts';
import { NO_LOSS } from '../support/kafka-doings.ts';
import { refuseLoss, whileProducing } from '../support/steady-producer.ts';

const DIRECTORY = '/home/ec2-user/docker_exp';
const COMPOSE = '/usr/local/bin/docker-compose';
/** Kafka 3.9, and the tag of the action's own file: Kafka 4.1. */
const [OLD, NEW] = ['7.9.2', '8.1.1'];
const QUICK = { clients: 'runner', messages: '20', 'smoke-timeout': '180' };

/** A cluster as an action of before would have made it: same machines, same authority, an older Kafka, no data yet. */
const beginWithOldKafka = (machines: readonly Machine[]) =>
  Promise.all(
    machines.map(machine =>
      asRoot(
        machine,
        `cd ${DIRECTORY} && ${COMPOSE} down --volumes && sed -i 's/cp-kafka:${NEW}/cp-kafka:${OLD}/' docker-compose.yml && ${COMPOSE} up -d --wait`,
      ),
    ),
  );

/** @returns which Kafka the node of each machine runs, and since when, by its own words */
const kafkaOn = (machines: readonly Machine[]) =>
  Promise.all(
    machines.map(async machine => {
      const said = await asRoot(
        machine,
        "docker logs docker_exp-kafka-1 2>&1 | grep -o 'Kafka version: [0-9.]*' | tail -n 1; docker inspect --format '{{.State.StartedAt}}' docker_exp-kafka-1",
      );
      const [version = '', startedAt = ''] = said.split('\n');
      return { version, startedAtMs: Date.parse(startedAt) };
    }),
  );

async function expectVersion(machines: readonly Machine[], version: string): Promise<void> {
  const found = (await kafkaOn(machines)).map(each => each.version);
  if (found.some(each => !each.startsWith(`Kafka version: ${version}`)))
    throw new Error(`the nodes run ${found.join(', ')}, and not ${version}`);
}

const upgraded: DrillCase = {
  name: 'kafka-upgraded',
  situation:
    'A cluster of three machines runs Kafka 3.9, the action has Kafka 4.1, and a producer never stops.',
  right:
    'One node at a time becomes 4.1, the next when all replicas are in sync; no acknowledged message is lost, and a second run changes nothing.',
  withinS: 400,
  async make(scene) {
    await beginWithOldKafka(scene.machines);
    const { outputs, log } = await scene.action({ ...QUICK, mode: 'smoke-test' });
    if (outputs.result !== 'passed') throw new Error(`Kafka 3.9 is not well:\n${log}`);
    await expectVersion(scene.machines, '3.9.');
  },
  async run(scene) {
    const { done, flow } = await whileProducing(scene.machines, () => scene.action(QUICK));
    refuseLoss(flow);
    return done;
  },
  ends: {
    result: 'passed',
    neverSays: NO_LOSS,
    // The topic is new, since the cluster is.
    outputs: { changed: 'compose-file,rolling-change,topic' },
    says: [/Changed nodes started anew, one after the other: changed/],
  },
  async also(scene) {
    await expectVersion(scene.machines, '4.1.');
    const starts = (await kafkaOn(scene.machines))
      .map(({ startedAtMs }) => startedAtMs)
      .toSorted((a, b) => a - b);
    const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    if (gaps.some(gap => gap < 5_000)) throw new Error(`nodes were started together: gaps of ${gaps} ms`);
    const { outputs, log } = await scene.action(QUICK);
    if (outputs.result !== 'passed' || outputs.changed !== '')
      throw new Error(`the next run changed ${outputs.changed}\n${log}`);
  },
  isElsewhere: true,
};

/** Another version of Kafka comes to a cluster over several machines. */
export const VERSIONS: DrillGroup = { name: 'versions', machine: 'three', cases: [upgraded] };
