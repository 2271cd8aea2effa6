import type { Config } from '../config/config.ts';
import type { Report } from '../report/report.ts';
import { deploySteps } from '../steps/deploy/steps.ts';
import { planSteps } from '../steps/plan.ts';
import type { DeployDependencies } from './deploy.ts';
import { environmentsOn, stepsFindings } from './findings.ts';
import { prepare } from './preparation.ts';
import { type Findings, runOnMachine, type Session } from './session.ts';

/** Readiness is only looked at here, not waited for. */
const READY_TIMEOUT_MS = 10_000;

/**
 * Mode `plan`: says, step by step, what `deploy` would change, and changes nothing.
 * @returns what would be done, also when it failed: the failure is part of the report
 */
export function plan(config: Config, dependencies: DeployDependencies): Promise<Report> {
  return runOnMachine(config, dependencies, session => planOn(session, config, dependencies));
}

async function planOn(session: Session, config: Config, dependencies: DeployDependencies): Promise<Findings> {
  const { smokeTest } = config;
  const timeoutMs = Math.min(smokeTest.timeoutMs, READY_TIMEOUT_MS);
  const preparation = await prepare(session, config, dependencies);
  const steps = deploySteps(
    { ...config, smokeTest: { ...smokeTest, timeoutMs } },
    { ...preparation, machine: session.machine, note: () => {} },
  );
  const outcome = await planSteps(steps, session);
  return {
    machine: session.machine,
    ...stepsFindings(outcome),
    ...(await environmentsOn(session)),
  };
}
