import type { Config } from '../config/config.ts';
import type { WantedSchema } from '../kafka/registry/wanted-schemas.ts';
import { failedBeforeStart, type Report } from '../report/report.ts';
import type { Clients } from '../steps/deploy/clients.ts';
import { deploySteps } from '../steps/deploy/steps.ts';
import { planSteps } from '../steps/plan.ts';
import { judgeDeployment } from './deployable.ts';
import type { ComposeSource } from './lint.ts';
import { prepare, type Sources } from './preparation.ts';
import { askForEnvironments, environmentsOn, stepsResults } from './results.ts';
import { type Outcome, Run, type RunDependencies, type RunResults } from './run.ts';
import { openSession } from './session.ts';

/** Readiness is only looked at here, not waited for. */
const READY_TIMEOUT_MS = 10_000;

/** The same, with less patience for what is not ready. */
export const lookingOnly = (config: Config): Config => ({
  ...config,
  smokeTest: { ...config.smokeTest, timeoutMs: Math.min(config.smokeTest.timeoutMs, READY_TIMEOUT_MS) },
});

interface PlanDependencies extends RunDependencies {
  readonly source: ComposeSource;
  readonly clients: Clients;
  readonly schemas: readonly WantedSchema[];
}

/**
 * Mode `plan`: says, step by step, what `deploy` would change, and changes nothing.
 * @returns what would be done, also when it failed: the failure is part of the report
 */
export async function plan(config: Config, dependencies: PlanDependencies): Promise<Outcome> {
  const { clients, schemas, source, log } = dependencies;
  const judged = judgeDeployment(config, source, log);
  const { lint, findings } = judged;
  const outcome = (report: Report): Outcome => ({ report: { ...report, lint }, findings });
  if (judged.refusal)
    return outcome(failedBeforeStart(judged.refusal, dependencies, { mode: 'plan', step: 'lint' }));

  const run = new Run(config, dependencies);
  const { deploymentAt } = judged;
  return outcome(await run.report(planOnMachine(run, { clients, deploymentAt }, schemas)));
}

async function planOnMachine(
  run: Run,
  sources: Sources,
  schemas: readonly WantedSchema[],
): Promise<RunResults> {
  const { config } = run;
  await using session = await openSession(run);
  const preparation = await prepare(session, config, sources);
  const options = { ...preparation, machine: session.machine, schemas, note: () => {} };
  const steps = deploySteps(lookingOnly(config), options);
  const asked = askForEnvironments(session);
  const outcome = await planSteps(steps, session);
  return { ...stepsResults(outcome), ...(await environmentsOn(session, { asked })) };
}
