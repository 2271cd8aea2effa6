import type { Config } from '../config/config.ts';
import { onceMore } from '../host/once-more.ts';
import { type NotedDeployments, readRecords, warnOfPassedOver } from '../machine/deployment-records.ts';
import { isElsewhere, refuseNamesake } from '../machine/namesake.ts';
import type { DeploymentRecord } from '../machine/parse-record.ts';
import type { Report } from '../report/report.ts';
import { downSteps } from '../steps/down/steps.ts';
import { runSteps } from '../steps/run.ts';
import { environmentsOn, stepsResults } from './results.ts';
import { Run, type RunDependencies, type RunResults } from './run.ts';
import { openSession, type Session } from './session.ts';

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
  const record = await onceMore(session, 'Records', () => recordOf(session, run.config, noted));
  const outcome = await runSteps(downSteps({ project: projectName, machine, volumes, record }), session);
  const results = stepsResults(outcome);
  return signal.aborted
    ? results
    : { ...results, ...(await environmentsOn(session, { areToldBefore: true })) };
}

/**
 * @returns what the deployment noted of itself; none when it is of another directory than the inputs name
 * @throws ActionError `project-taken` as `refuseNamesake` does
 */
async function recordOf(
  { host, machine, log }: Session,
  { projectName: project, directory }: Config,
  { records }: NotedDeployments,
): Promise<DeploymentRecord | undefined> {
  const record = records.find(each => each.project === project);
  const wanted = { project, directory: `${machine.home.replace(/\/$/, '')}/${directory}` };
  if (!record || !isElsewhere(record, wanted)) return record;
  await refuseNamesake(host, record, wanted);
  log.warning(
    `the note of project ${project} is of ${record.directory}, and the inputs name ${wanted.directory}: it is passed over, and nothing in either directory is removed. If that is its directory, give it as directory.`,
  );
  return undefined;
}
