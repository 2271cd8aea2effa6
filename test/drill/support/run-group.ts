import { runAction } from '../../../script/run-action.ts';
import {
  asRoot,
  connectionTo,
  connectionToAll,
  depotFaults,
  type Machine,
  ROOT,
  startMachines,
  stopMachines,
} from '../../integration/support/lab.ts';
import type { DrillCase, DrillGroup, Scene } from './drill-case.ts';
import { endingOf, faultsOf } from './judge.ts';

/** How a case went. */
export interface CaseResult {
  readonly name: string;
  readonly right: string;
  /** How the run in the situation ended. */
  readonly seen: string;
  /** Seconds of that run. */
  readonly tookS: number;
  /** What is wrong; nothing when the case passed. */
  readonly faults: readonly string[];
}

const DEFAULT_LIMIT_S = 60;

/** What the machines' names end with. */
const LETTERS = {
  bare: [''],
  deployed: [''],
  three: ['-a', '-b', '-c'],
  'three-and-one': ['-a', '-b', '-c', '-d'],
} as const;

interface GroupOptions {
  /** Whether a case that takes longer than it may has failed. */
  readonly judgesTime: boolean;
  /** Called after each case. */
  readonly onResult: (result: CaseResult) => void;
}

/** Tries cases of a group, one after the other, on a machine of its own that is removed afterwards. */
export async function runGroup(
  { name, machine: kind }: DrillGroup,
  cases: readonly DrillCase[],
  { judgesTime, onResult }: GroupOptions,
): Promise<void> {
  const letters = LETTERS[kind];
  const names = letters.map(letter => `drill-${name}${letter}`);
  try {
    const started = await startMachines(names);
    const [spare, machines] =
      kind === 'three-and-one' ? [started.at(-1), started.slice(0, -1)] : [undefined, started];
    const scene = sceneOn(machines, spare);
    if (kind !== 'bare') await expectConvergence(scene);
    for (const { withinS = DEFAULT_LIMIT_S, ...each } of cases)
      onResult(await tryCase(scene, { ...each, withinS: judgesTime ? withinS : Number.POSITIVE_INFINITY }));
  } finally {
    await stopMachines(names);
  }
}

function sceneOn(machines: readonly Machine[], spare?: Machine): Scene {
  const [machine, ...others] = machines;
  if (!machine) throw new Error('a group needs a machine');
  // The machine may be described anew by a case: what it is now counts.
  const connection = () =>
    others.length === 0 ? connectionTo(machine) : { ...connectionToAll(machines), stack: 'kraft' };
  return {
    machine,
    machines,
    spare,
    root: script => asRoot(machine, script),
    depot: (...faults) => depotFaults(machine, faults),
    action: (inputs, options) =>
      runAction({ root: ROOT, inputs: { ...connection(), ...inputs }, ...options }),
  };
}

async function tryCase(scene: Scene, each: DrillCase & { withinS: number }): Promise<CaseResult> {
  const { name, right, make, run, also, mend, ends, withinS, isElsewhere } = each;
  const faults: string[] = [];
  const note = (what: string) => (error: unknown) => {
    faults.push(`${what}: ${error instanceof Error ? error.message : error}`);
  };
  let seen = 'no run';
  let tookS = 0;
  try {
    await make?.(scene);
    const startedAt = performance.now();
    const ended = await (run?.(scene) ?? scene.action());
    tookS = (performance.now() - startedAt) / 1000;
    seen = endingOf(ended);
    const wrong = faultsOf(ended, tookS, ends, withinS);
    faults.push(...wrong);
    if (wrong.length > 0) console.error(ended.log);
    await also?.(scene, ended);
  } catch (error) {
    note('while it ran')(error);
  }
  await mend?.(scene).catch(note('taking it away'));
  if (!isElsewhere) await expectConvergence(scene).catch(note('the next run'));
  return { name, right, seen, tookS, faults };
}

/** Whatever the situation was: once it is gone, a run brings the cluster about. */
async function expectConvergence(scene: Scene): Promise<void> {
  const run = await scene.action();
  if (run.outputs.result !== 'passed') {
    console.error(run.log);
    throw new Error(endingOf(run));
  }
}
