import { formatDuration } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { SweepConfig } from '../config/sweep-inputs.ts';
import { mustRun } from '../host/must-run.ts';
import { onceMore } from '../host/once-more.ts';
import { type NotedDeployments, readRecords, warnOfPassedOver } from '../machine/deployment-records.ts';
import { chooseUnused, type SweepChoice } from '../machine/sweep-choice.ts';
import { type Failure, failureOf, type Report, type SweptEnvironment } from '../report/report.ts';
import { downSteps } from '../steps/down/steps.ts';
import { planSteps } from '../steps/plan.ts';
import { runSteps } from '../steps/run.ts';
import type { StepResult } from '../steps/step.ts';
import { environmentsOn } from './results.ts';
import { Run, type RunDependencies, type RunResults } from './run.ts';
import { openSession, type Session } from './session.ts';

/** With clocks further apart than this, what is old by the machine's clock may be of today. */
const MOST_APART_MS = 3_600_000;

/**
 * Takes down the environments that no run has used for long, one after the other; with mode `plan` it shows which, and changes
 * nothing. What is not sure to be unused stays, and so does the plain deployment.
 * @returns what went and what stays, also when it failed: the failure is part of the report
 */
export function sweep(config: Config, wanted: SweepConfig, dependencies: RunDependencies): Promise<Report> {
  const run = new Run(config, dependencies);
  return run.report(sweepMachine(run, wanted));
}

async function sweepMachine(run: Run, wanted: SweepConfig): Promise<RunResults> {
  const { clock, startedAt } = run.dependencies;
  const begunAt = clock.now();
  await using session = await openSession(run, { mayLookOn: true });
  const { host, machine, log, signal } = session;
  const noted = await onceMore(session, 'Records', () => readRecords(host, machine.home));
  warnOfPassedOver(log, noted);
  const now = await onceMore(session, 'Clock', () => timeOf(session));
  const { projectName: project, directory } = run.config;
  const choices = chooseUnused(noted.records, {
    ...{ nowMs: now, unusedForMs: wanted.unusedForMs, project },
    directory: `${machine.home.replace(/\/$/, '')}/${directory}`,
  });
  const apartMs = Math.abs(now - (startedAt.getTime() + clock.now() - begunAt));
  const obstacle = session.heldBy ?? (apartMs > MOST_APART_MS ? clocksApart(apartMs) : undefined);
  const sure = obstacle === undefined ? choices : choices.map(choice => keep(choice, obstacle));
  tellChoices(session, sure, wanted, noted);
  const { ended, ...results } = await takeDownAll(run, session, sure);
  const found = { ...results, sweep: { unusedForMs: wanted.unusedForMs, environments: ended } };
  return signal.aborted ? found : { ...found, ...(await environmentsOn(session, { areToldBefore: true })) };
}

/** @returns milliseconds since 1970 by the machine's clock */
async function timeOf({ host }: Session): Promise<number> {
  const { stdout } = await mustRun(host, { argv: ['date', '+%s'] });
  return Number(stdout) * 1000;
}

const clocksApart = (apartMs: number) =>
  `the clocks of the machine and the runner are ${formatDuration(apartMs)} apart, so that no age is sure`;

const keep = (choice: SweepChoice, obstacle: string): SweepChoice =>
  choice.goes ? { ...choice, goes: false, why: `${choice.why}, but ${obstacle}` } : choice;

/** Comes before anything is changed. */
function tellChoices(
  { log, heldBy }: Session,
  choices: readonly SweepChoice[],
  { unusedForMs }: SweepConfig,
  { records }: NotedDeployments,
): void {
  log.startGroup(`Environments that no run has used for ${periodOf(unusedForMs)}`);
  if (choices.length === 0) log.info('no environment is noted on the machine');
  for (const { record, goes, why } of choices)
    log.info(`${record.environment} ${goes ? 'goes' : 'stays'}: ${why}`);
  for (const { project } of records.filter(({ environment }) => environment === undefined))
    log.info(`project ${project} stays: it is no environment`);
  log.endGroup();
  if (heldBy !== undefined) log.warning(`nothing is taken down: ${heldBy}. The next sweep does it.`);
}

/** As the input gives it. */
const periodOf = (ms: number) => {
  const hours = ms / 3_600_000;
  return hours % 24 === 0 ? `${hours / 24} d` : `${hours} h`;
};

interface Taken {
  readonly ended: readonly SweptEnvironment[];
  readonly steps: readonly StepResult[];
  readonly failure?: Failure;
}

/** One that cannot be taken down does not keep the others from it. */
async function takeDownAll(run: Run, session: Session, choices: readonly SweepChoice[]): Promise<Taken> {
  const ended: SweptEnvironment[] = [];
  const steps: StepResult[] = [];
  const failures: Failure[] = [];
  for (const { record, goes, why } of choices) {
    const { environment, project, directory, usedAt } = record;
    const about = { environment, project, directory, ...(usedAt === undefined ? {} : { usedAt }) };
    if (!goes || session.signal.aborted) {
      ended.push({ ...about, end: 'stays', why: goes ? 'the run ended before' : why });
      continue;
    }
    const { results, failure } = await takeDown(run, session, record);
    steps.push(...results);
    if (failure) {
      const { message, ...rest } = failureOf(failure.step, failure.error);
      failures.push({ ...rest, message: `environment ${environment}: ${message}` });
      ended.push({ ...about, end: 'failed', why: message });
    } else ended.push({ ...about, end: run.config.mode === 'plan' ? 'would-go' : 'gone', why });
  }
  return { ended, steps, failure: failures[0] };
}

function takeDown({ config: { mode, volumes } }: Run, session: Session, record: SweepChoice['record']) {
  const { project, environment } = record;
  const steps = downSteps({ project, machine: session.machine, volumes, record }).map(step => ({
    ...step,
    title: `${environment}: ${step.title}`,
  }));
  return mode === 'plan' ? planSteps(steps, session) : runSteps(steps, session);
}
