import type { Config } from '../../config/config.ts';
import type { MachinesConfig } from '../../config/machines-inputs.ts';
import type { Report } from '../../report/report.ts';
import { placed } from '../../steps/cluster/placed.ts';
import { sideBySide } from '../../steps/cluster/side-by-side.ts';
import { Limit } from '../../steps/limit.ts';
import { runSteps } from '../../steps/run.ts';
import { downStepsOn } from '../down.ts';
import { stepsResults } from '../results.ts';
import { Run, type RunDependencies, type RunResults } from '../run.ts';
import { openMachines } from './machines.ts';

/**
 * Mode `down` over several machines, and the post step's teardown: removes the nodes side by side, and is content where nothing is
 * there.
 * @returns what was removed, also when it failed: the failure is part of the report
 */
export function downAcross(
  config: Config,
  machines: MachinesConfig,
  dependencies: RunDependencies,
): Promise<Report> {
  const run = new Run({ ...config, mode: 'down' }, dependencies);
  return run.report(takeDown(run, machines));
}

async function takeDown(run: Run, config: MachinesConfig): Promise<RunResults> {
  const { config: inputs, dependencies, signal } = run;
  await using machines = await openMachines(run, config);
  const lists = await Promise.all(
    machines.all.map(async ({ listed: { name }, connected }) => {
      const steps = await downStepsOn(connected, inputs);
      return steps.map(step => placed(step, { name, context: connected }));
    }),
  );
  const [first] = machines.all;
  if (!first) return {};
  const limit = new Limit(config.parallel);
  return stepsResults(
    await runSteps(sideBySide(lists), { ...first.connected, ...dependencies, signal, limit }),
  );
}
