import { asRoot, cutOff, type Machine, openWays } from '../../integration/support/lab.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';

const HOME = '/home/ec2-user';
/** What a deployment has left on a machine, in words, one a line. */
const TRACES = `docker ps --all --quiet --filter label=com.docker.compose.project=docker_exp | sed 's/.*/container/' | sort -u
docker volume ls --quiet --filter label=com.docker.compose.project=docker_exp | sed 's/.*/volume/' | sort -u
docker network ls --quiet --filter label=com.docker.compose.project=docker_exp | sed 's/.*/network/' | sort -u
[ ! -e ${HOME}/docker_exp ] || echo directory
ls -A ${HOME}/.kafka-al2023/deployments 2>/dev/null | sed 's/.*/note/'`;

const tracesOn = async (machine: Machine) =>
  (await asRoot(machine, TRACES)).split('\n').filter(Boolean).join();

/** @throws Error unless each machine has just these traces of the cluster */
async function expectTraces(machines: readonly Machine[], wanted: string): Promise<void> {
  const found = await Promise.all(machines.map(tracesOn));
  if (found.some(each => each !== wanted))
    throw new Error(`left on the machines: ${found.join('; ')}, and not ${wanted || 'nothing'}`);
}

const DEPLOYED = 'container,volume,directory,note';
const KEPT = 'volume,directory,note';

/** The same once more finds nothing to do. */
async function expectNothingToDo({ action }: Scene, inputs: Readonly<Record<string, string>>): Promise<void> {
  const { outputs, log } = await action(inputs);
  if (outputs.result !== 'passed' || outputs.changed !== '')
    throw new Error(`the second run: ${outputs.result}, changed ${outputs.changed}\n${log}`);
}

const clusterIdOn = (machine: Machine) => asRoot(machine, `grep ^CLUSTER_ID= ${HOME}/docker_exp/.env`);
let clusterBefore = '';

const oneAway: DrillCase = {
  name: 'down-one-machine-away',
  situation: 'mode: down, and one of three machines does not answer.',
  right:
    'The two others are taken down, the run fails and names the one that is left, and a run that reaches it is content.',
  make: ({ machines }) => cutOff(machines[1] as Machine),
  run: ({ action }) => action({ mode: 'down', 'connect-timeout': '10' }),
  ends: {
    result: 'failed',
    code: 'ssh-unreachable',
    outputs: { 'failed-step': 'connect', changed: 'containers' },
    says: [/\b127\.0\.0\.1:\d+: .*; taken down: \S+, \S+/],
  },
  async also({ machines, action }) {
    await openWays(machines);
    const [first, second, third] = machines as [Machine, Machine, Machine];
    await expectTraces([first, third], KEPT);
    await expectTraces([second], DEPLOYED);
    const { outputs } = await action({ mode: 'down' });
    if (outputs.result !== 'passed' || outputs.changed !== 'containers')
      throw new Error(`the next run: ${outputs.result}, changed ${outputs.changed}`);
    await expectTraces(machines, KEPT);
  },
  mend: ({ machines }) => openWays(machines),
};

const keepsData: DrillCase = {
  name: 'down-of-machines',
  situation: 'mode: down over three machines.',
  right:
    'No container is left, data and files stay, a second run changes nothing, and a deployment brings the same cluster back.',
  make: async ({ machine }) => {
    clusterBefore = await clusterIdOn(machine);
  },
  run: ({ action }) => action({ mode: 'down' }),
  ends: { result: 'passed', outputs: { changed: 'containers' } },
  async also(scene) {
    await expectTraces(scene.machines, KEPT);
    await expectNothingToDo(scene, { mode: 'down' });
    const { outputs, log } = await scene.action();
    if (outputs.result !== 'passed') throw new Error(`the deployment after it: ${log}`);
    const after = await clusterIdOn(scene.machine);
    if (after !== clusterBefore) throw new Error(`${clusterBefore} became ${after}`);
  },
  isElsewhere: true,
};

const ALL = { mode: 'down', volumes: 'true' };

const takesAll: DrillCase = {
  name: 'down-of-machines-with-volumes',
  situation: 'mode: down with volumes: true over three machines.',
  right:
    'Nothing of the cluster is left on any machine, its authority neither, and a second run changes nothing.',
  run: ({ action }) => action(ALL),
  ends: { result: 'passed', outputs: { changed: 'containers,volumes,directory,deployment-record' } },
  async also(scene) {
    await expectTraces(scene.machines, '');
    await expectNothingToDo(scene, ALL);
  },
  isElsewhere: true,
};

const teardown: DrillCase = {
  name: 'teardown-of-machines',
  situation: 'teardown: always with volumes: true, over three machines that have no cluster yet.',
  right: 'The cluster is made and proven, and the end of the job leaves nothing of it on any machine.',
  withinS: 150,
  run: ({ action }) => action({ teardown: 'always', volumes: 'true' }),
  ends: { result: 'passed', outputs: { 'messages-lost': '0' } },
  async also({ machines }, run) {
    await expectTraces(machines, DEPLOYED);
    const { exitCode, log } = await run.post();
    if (exitCode !== 0 || /::warning/.test(log))
      throw new Error(`the post step: exit code ${exitCode}\n${log}`);
    await expectTraces(machines, '');
  },
  isElsewhere: true,
};

/** Takes a cluster over several machines down. Each case goes on from the one before. */
export const DOWN: DrillGroup = {
  name: 'down',
  machine: 'three',
  cases: [oneAway, keepsData, takesAll, teardown],
};
