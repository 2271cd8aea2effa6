import type { Config } from '../../config/config.ts';
import type { MachinesConfig } from '../../config/machines-inputs.ts';
import { failureOf, type Report } from '../../report/report.ts';
import { placed } from '../../steps/cluster/placed.ts';
import { sideBySide } from '../../steps/cluster/side-by-side.ts';
import { Limit } from '../../steps/limit.ts';
import { runSteps } from '../../steps/run.ts';
import { downStepsOn } from '../down.ts';
import { stepsResults } from '../results.ts';
import { Run, type RunDependencies, type RunResults } from '../run.ts';
import { type Machines, openMachines, withOthers } from './machines.ts';

/**
 * Mode `down` over several machines, and the post step's teardown: removes the nodes side by side, and is content where nothing is
 * there. A machine that does not answer fails the run, but keeps none of the others.
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
  await using machines = await openMachines(run, config, { mayBeAway: config.machines });
  const lists = await Promise.all(
    machines.all.map(async ({ listed: { name }, connected }) => {
      const steps = await downStepsOn(connected, inputs);
      return steps.map(step => placed(step, { name, context: connected }));
    }),
  );
  const [first] = machines.all;
  if (!first) return {};
  const limit = new Limit(config.parallel);
  const outcome = await runSteps(sideBySide(lists), { ...first.connected, ...dependencies, signal, limit });
  return withUnreached(stepsResults(outcome), machines);
}

/** What was taken down, and the machines that nobody came to: what is there stays until a run reaches them. */
function withUnreached(results: RunResults, { all, unreached }: Machines): RunResults {
  const [first, ...others] = unreached.map(({ failure }) => failure);
  if (!first) return results;
  const { failure } = results;
  if (failure) {
    const details = [...failure.details, ...unreached.map(({ failure: { message } }) => message)];
    return { ...results, failure: { ...failure, details } };
  }
  const { step, cause } = withOthers(first, others);
  const taken = all.map(({ listed: { name } }) => name).join(', ');
  return {
    ...results,
    failure: failureOf(step, cause.with({ message: `${cause.message}; taken down: ${taken}` })),
  };
}
