import { randomBytes } from 'node:crypto';
import * as core from '@actions/core';
import { systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { reasonOf } from '../errors.ts';
import { openHost } from '../host/open-host.ts';
import { kafkaClients } from '../kafka/client.ts';
import type { GroupedLogger } from '../log.ts';
import { cleanUp } from '../modes/clean-up.ts';
import { down } from '../modes/down.ts';
import type { RunDependencies } from '../modes/session.ts';
import { summaryOf } from '../report/summary/summary.ts';
import { cancellation } from './cancellation.ts';
import { readInputs, readTask } from './inputs.ts';
import type { Secrets } from './secrets.ts';
import { STATE } from './state.ts';

/** What main left for the post step. */
interface Leftovers {
  readonly runId: string;
  readonly isDeploying: boolean;
  /** '' of a run that was killed. */
  readonly result: string;
}

/**
 * What is left to do on the machine at the end of the job: what a killed run holds there is given back, and what was deployed is
 * taken down when `teardown` asks for it. The verdict of the job is not touched: what could not be done is a warning.
 */
export async function leaveMachine(secrets: Secrets, log: GroupedLogger): Promise<void> {
  const leftovers: Leftovers = {
    runId: core.getState(STATE.runId),
    isDeploying: core.getState(STATE.deploying) === 'true',
    result: core.getState(STATE.result),
  };
  const isKilled = leftovers.runId !== '' && leftovers.result === '';
  const config = isKilled || leftovers.isDeploying ? readConfig(secrets) : undefined;
  if (!config) return;
  const dependencies: RunDependencies = {
    ...{ log, clock: systemClock, env: process.env, openHost, kafkaClients },
    ...{ runId: randomBytes(4).toString('hex'), startedAt: new Date(), cancelled: cancellation(process) },
  };
  if (isKilled) await giveBack(config, dependencies, leftovers.runId);
  if (leftovers.isDeploying && isWanted(config, leftovers.result))
    await tearDown(config, dependencies, secrets);
}

/** @returns undefined for inputs that main has refused already, and for a run without a machine */
function readConfig(secrets: Secrets): Config | undefined {
  try {
    const task = readTask(readInputs(), secrets);
    return task.mode === 'lint' ? undefined : task.config;
  } catch {
    return undefined;
  }
}

/** The runner works the inputs out again for the post step: by then it knows how the job ended. */
function isWanted({ teardown }: Config, result: string): boolean {
  if (teardown !== 'on-failure') return teardown === 'always';
  return result !== 'passed' || ['failure', 'cancelled'].includes(core.getInput('job-status'));
}

async function giveBack(config: Config, dependencies: RunDependencies, runId: string): Promise<void> {
  const { log } = dependencies;
  try {
    log.info('the run was killed: what it holds on the machine is given back');
    await cleanUp(config, dependencies, runId);
  } catch (error) {
    log.warning(`What the killed run holds on the machine could not be given back: ${reasonOf(error)}`);
  }
}

async function tearDown(config: Config, dependencies: RunDependencies, { redact }: Secrets): Promise<void> {
  const { log } = dependencies;
  const report = await down(config, dependencies);
  if (process.env.GITHUB_STEP_SUMMARY) await core.summary.addRaw(redact(summaryOf(report))).write();
  if (!report.failure) return;
  const { step, message } = report.failure;
  const what = config.volumes ? 'mode down with volumes' : 'mode down';
  log.warning(
    `The deployment could not be taken down (${step}: ${message}). ${what} does it later; the job's result stays as it is.`,
  );
}
