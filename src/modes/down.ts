import type { Config } from '../config/config.ts';
import { onceMore } from '../host/once-more.ts';
import { type NotedDeployments, readRecords, warnOfPassedOver } from '../machine/deployment-records.ts';
import { isElsewhere, refuseNamesake } from '../machine/namesake.ts';
import type { DeploymentRecord } from '../machine/parse-record.ts';
import type { Report } from '../report/report.ts';
import { downSteps } from '../steps/down/steps.ts';
import { runSteps } from '../steps/run.ts';
import type { Step } from '../steps/step.ts';
import { environmentsOn, stepsResults } from './results.ts';
import { Run, type RunDependencies, type RunResults } from './run.ts';
import { type Connected, openSession } from './session.ts';

/**
 * Mode `down`, and the post step's teardown: removes what a deployment made, and is content when nothing is there.
 * @returns what was removed, also when it failed: the failure is part of the report
 */
export function down(config: Config, dependencies: RunDependencies): Promise<Report> {
  const run = new Run({ ...config, mode: 'down' }, dependencies);
  return run.report(takeDown(run));
}

async function takeDown(run: Run): Promise<RunResults> {
  await using session = await openSession(run);
  const outcome = await runSteps(await downStepsOn(session, run.config), session);
  const results = stepsResults(outcome);
  return session.signal.aborted
    ? results
    : { ...results, ...(await environmentsOn(session, { areToldBefore: true })) };
}

/** The steps that take the deployment of the inputs down, by what it noted of itself on the machine. */
export async function downStepsOn(connected: Connected, config: Config): Promise<Step[]> {
  const { host, machine, log } = connected;
  const { projectName: project, volumes } = config;
  const noted = await onceMore(connected, 'Records', () => readRecords(host, machine.home));
  warnOfPassedOver(log, noted);
  const record = await onceMore(connected, 'Records', () => recordOf(connected, config, noted));
  return downSteps({ project, machine, volumes, record });
}

/**
 * @returns what the deployment noted of itself; none when it is of another directory than the inputs name
 * @throws ActionError `project-taken` as `refuseNamesake` does
 */
async function recordOf(
  { host, machine, log }: Connected,
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
