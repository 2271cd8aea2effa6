import type { Config } from '../config/config.ts';
import { touchRecord } from '../machine/deployment-records.ts';
import { orElse } from '../machine/diagnosis.ts';
import type { Report } from '../report/report.ts';
import { deploySteps } from '../steps/deploy/steps.ts';
import { runSteps } from '../steps/run.ts';
import { collectResults } from '../steps/smoke-test/options.ts';
import { smokeTestSteps } from '../steps/smoke-test/steps.ts';
import { aftermath, environmentsOn, outcomeFindings } from './findings.ts';
import { prepare, type Sources } from './preparation.ts';
import { type Findings, type RunDependencies, runOnMachine, type Session } from './session.ts';

export interface DeployDependencies extends RunDependencies, Sources {}

/**
 * Mode `deploy`: connect, the guide's four parts, the smoke test.
 * @returns what was found out, also when it failed: the failure is part of the report
 */
export function deploy(config: Config, dependencies: DeployDependencies): Promise<Report> {
  return runOnMachine(config, dependencies, session => deployOn(session, config, dependencies));
}

async function deployOn(
  session: Session,
  config: Config,
  dependencies: DeployDependencies,
): Promise<Findings> {
  const { host, machine, runId, clock, signal } = session;
  const preparation = await prepare(session, config, dependencies);
  const { project } = preparation;
  const { stack } = preparation.assets.deployment;
  const { found, note } = collectResults();
  const steps = [
    ...deploySteps(config, { ...preparation, machine, note }),
    ...smokeTestSteps({ config: config.smokeTest, project, stack, runId, note }),
  ];
  const outcome = await runSteps(steps, session);
  if (!outcome.failure) await orElse(clock, touchRecord(host, machine.home, project.name), undefined);
  const findings = { ...found, ...outcomeFindings(outcome, stack), machine };
  // A cancelled run has seconds left: they are for what must be undone.
  if (signal.aborted) return findings;
  return {
    ...findings,
    ...(await environmentsOn(session)),
    ...(await aftermath(session, project, stack, findings)),
  };
}
