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
  /** Of all processes on the machine but the JVMs, in MiB. */
  readonly memoryMiB: number;
  /** How much the JVMs have beyond the heap that each may take, in MiB: a heap fills up to its limit, whoever uses it. */
  readonly beyondHeapMiB: number;
}

async function measure({ root }: Scene): Promise<Measures> {
  const text = await root(`
    find /home/ec2-user /tmp -xdev -not -path '*/__pycache__*' | wc -l
    ps -e --no-headers | wc -l
    { ss -Htan state established; for pid in $(docker ps -q | xargs docker inspect --format '{{.State.Pid}}'); do nsenter -t $pid -n ss -Htan state established; done; } | wc -l
    ps -e -ww -o rss=,args= | awk '!/java .*-Xmx/ { sum += $1 } END { print int(sum / 1024) }'
    ps -e -ww -o rss=,args= | awk '/java .*-Xmx/ { match($0, /-Xmx[0-9]+m/); beyond = $1 / 1024 - substr($0, RSTART + 4, RLENGTH - 5); if (beyond > 0) sum += beyond } END { print int(sum) }'`);
  const [files = 0, processes = 0, sockets = 0, memoryMiB = 0, beyondHeapMiB = 0] = text
    .split('\n')
    .map(Number);
  return { files, processes, sockets, memoryMiB, beyondHeapMiB };
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
    if (end.memoryMiB > warm.memoryMiB * 1.1 + 20) throw new Error('memory has grown');
    // Class data, code, threads and buffers of five JVMs.
    if (end.beyondHeapMiB > 5 * 200) throw new Error('memory of the JVMs has grown beyond their heaps');
    if (grown.length > 0) throw new Error(`grown: ${grown.join(', ')}`);
  },
};

export const SOAK: DrillGroup = { name: 'soak', machine: 'deployed', cases: [soak] };
