import type { Config } from '../config/config.ts';
import { readRecords } from '../machine/deployment-records.ts';
import type { Report } from '../report/report.ts';
import { downSteps } from '../steps/down/steps.ts';
import { runSteps } from '../steps/run.ts';
import { environmentsOn, stepsFindings } from './findings.ts';
import { type Findings, type RunDependencies, runOnMachine, type Session } from './session.ts';

/**
 * Mode `down`, and the post step's teardown: removes what a deployment made, and is content when nothing is there.
 * @returns what was removed, also when it failed: the failure is part of the report
 */
export function down(config: Config, dependencies: RunDependencies): Promise<Report> {
  return runOnMachine({ ...config, mode: 'down' }, dependencies, session => downOn(session, config));
}

async function downOn(session: Session, { projectName, volumes }: Config): Promise<Findings> {
  const { host, machine } = session;
  const records = await readRecords(host, machine.home);
  const record = records.find(({ project }) => project === projectName);
  const outcome = await runSteps(downSteps({ project: projectName, machine, volumes, record }), session);
  return {
    machine,
    ...stepsFindings(outcome),
    ...(session.signal.aborted ? {} : await environmentsOn(session)),
  };
}
