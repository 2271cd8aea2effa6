import type { Config } from '../../config/config.ts';
import type { MachinesConfig } from '../../config/machines-inputs.ts';
import type { Report } from '../../report/report.ts';
import { Limit } from '../../steps/limit.ts';
import { planSteps } from '../../steps/plan.ts';
import { lookingOnly } from '../plan.ts';
import { stepsResults } from '../results.ts';
import { Run, type RunResults } from '../run.ts';
import { type AcrossDependencies, deployStepsOf } from './deploy.ts';
import { planLeaving } from './leaving.ts';
import { openMachines } from './machines.ts';
import { clusterContext, planCluster } from './nodes.ts';

/**
 * Mode `plan` over several machines: says for each of them what `deploy` would change, and changes nothing.
 * @returns what would be done, also when it failed: the failure is part of the report
 */
export function planAcross(
  config: Config,
  machines: MachinesConfig,
  dependencies: AcrossDependencies,
): Promise<Report> {
  const run = new Run(lookingOnly(config), dependencies);
  return run.report(planOnMachines(run, machines, dependencies));
}

async function planOnMachines(
  run: Run,
  config: MachinesConfig,
  { stack, clients, schemas }: AcrossDependencies,
): Promise<RunResults> {
  await using machines = await openMachines(run, config, { leaving: config.leaving?.machines });
  const leaving = await planLeaving(run, machines, config);
  const nodes = await planCluster(run, machines.all, config, stack);
  const found = { nodes, clients, schemas, leaving: leaving.steps };
  const steps = deployStepsOf(run, config, { ...found, note: () => {} });
  const context = clusterContext(run, nodes, leaving.hosts);
  return stepsResults(await planSteps(steps, { ...context, limit: new Limit(config.parallel) }));
}
