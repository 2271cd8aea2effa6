import type { ActionRun } from '../../../script/run-action.ts';
import { clusterOn, tracesOn } from '../../integration/support/kafka.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';

const RUNS = Number(process.env.DRILL_SOAK_RUNS ?? 200);
/** Runs after which the machine has warmed up: from then on nothing may grow. */
const WARM = 10;

/** What could grow, as numbers. */
interface Measures {
  /** Files of the user and in /tmp. */
  readonly files: number;
  readonly processes: number;
  /** Open sockets of the machine and of the brokers. */
  readonly sockets: number;
  /** Of all processes on the machine, in MiB. */
  readonly memoryMiB: number;
}

async function measure({ root }: Scene): Promise<Measures> {
  const text = await root(`
    find /home/ec2-user /tmp -xdev -not -path '*/__pycache__*' | wc -l
    ps -e --no-headers | wc -l
    { ss -Htan state established; for pid in $(docker ps -q | xargs docker inspect --format '{{.State.Pid}}'); do nsenter -t $pid -n ss -Htan state established; done; } | wc -l
    ps -e -o rss= | awk '{ sum += $1 } END { print int(sum / 1024) }'`);
  const [files = 0, processes = 0, sockets = 0, memoryMiB = 0] = text.split('\n').map(Number);
  return { files, processes, sockets, memoryMiB };
}

let warm: Measures | undefined;

const soak: DrillCase = {
  name: 'soak',
  situation: `The smoke test runs ${RUNS} times, one after the other.`,
  right:
    'every run passes with exact counts; topics, groups, schemas, files, processes, sockets and memory do not grow',
  withinS: RUNS * 30,
  run: async scene => {
    let run: ActionRun | undefined;
    for (let index = 0; index < RUNS; index++) {
      if (index === WARM) warm = await measure(scene);
      run = await scene.action({ mode: 'smoke-test' });
      if (run.outputs.result !== 'passed') return run;
    }
    return run as ActionRun;
  },
  ends: { result: 'passed', outputs: { 'messages-consumed': '10', 'messages-lost': '0' } },
  also: async scene => {
    const end = await measure(scene);
    console.log(`[drill] after ${WARM} runs ${JSON.stringify(warm)}, after ${RUNS} ${JSON.stringify(end)}`);
    if (!warm) throw new Error(`there were not more than ${WARM} runs`);
    const cluster = await clusterOn(scene.machine);
    const left = await tracesOn(cluster).finally(() => cluster.close());
    if (left.length > 0) throw new Error(`left on the cluster: ${left.join(', ')}`);
    const grown = (['files', 'processes', 'sockets'] as const).filter(
      name => end[name] > (warm?.[name] ?? 0) + 5,
    );
    // A JVM takes more of its heap as long as it may; a leak of ours would not stay below a tenth.
    if (end.memoryMiB > warm.memoryMiB * 1.1 + 50) throw new Error('memory has grown');
    if (grown.length > 0) throw new Error(`grown: ${grown.join(', ')}`);
  },
};

export const SOAK: DrillGroup = { name: 'soak', machine: 'deployed', cases: [soak] };
