import type { Config } from '../config/config.ts';
import { onceMore } from '../host/once-more.ts';
import { readRecords, warnOfPassedOver } from '../machine/deployment-records.ts';
import type { Report } from '../report/report.ts';
import { downSteps } from '../steps/down/steps.ts';
import { runSteps } from '../steps/run.ts';
import { environmentsOn, stepsResults } from './results.ts';
import { Run, type RunDependencies, type RunResults } from './run.ts';
import { openSession } from './session.ts';

/**
 * Mode `down`, and the post step's teardown: removes what a deployment made, and is content when nothing is there.
 * @returns what was removed, also when it failed: the failure is part of the report
 */
export function down(config: Config, dependencies: RunDependencies): Promise<Report> {
  const run = new Run({ ...config, mode: 'down' }, dependencies);
  return run.report(takeDown(run));
}

async function takeDown(run: Run): Promise<RunResults> {
  const { projectName, volumes } = run.config;
  await using session = await openSession(run);
  const { host, machine, signal } = session;
  const noted = await onceMore(session, 'Records', () => readRecords(host, machine.home));
  warnOfPassedOver(session.log, noted);
  const record = noted.records.find(({ project }) => project === projectName);
  const outcome = await runSteps(downSteps({ project: projectName, machine, volumes, record }), session);
  const results = stepsResults(outcome);
  return signal.aborted
    ? results
    : { ...results, ...(await environmentsOn(session, { areToldBefore: true })) };
}
