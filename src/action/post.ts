import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { RawInputs } from '../config/inputs.ts';
import { lastLines, reasonOf } from '../errors.ts';
import { openHost } from '../host/open-host.ts';
import { FirstKeys, type ShownKeys } from '../host/ssh/first-keys.ts';
import { kafkaClients } from '../kafka/client.ts';
import type { GroupedLogger } from '../log.ts';
import { isKilled, type Leftovers, leaveMachine } from '../modes/teardown.ts';
import { bounded } from '../report/bounded.ts';
import type { TunnelState } from '../tunnel/start.ts';
import { stopTunnel, type TunnelEnd } from '../tunnel/stop.ts';
import { cancellation } from './cancellation.ts';
import { readTask, takeInputs } from './inputs.ts';
import { addToSummary } from './job-summary.ts';
import { actionLogger } from './logger.ts';
import { published } from './published.ts';
import { Secrets } from './secrets.ts';
import { STATE } from './state.ts';
import * as core from './workflow-commands.ts';

/** The lines of the tunnel's log that are shown: every loss of the connection is in it. */
const LOG_LINES = 50;

const ENDS: Record<TunnelEnd, string> = {
  ended: 'the tunnel is closed',
  killed: 'the tunnel did not end in time and was killed',
  'was-gone': 'the tunnel had ended before; its log says why',
};

/**
 * What is left to do at the end of the job: the tunnel is closed, the machine left as the inputs ask, and the verdict told once
 * more. It never fails: what could not be done is a warning.
 */
export async function post(): Promise<void> {
  const secrets = new Secrets(core.setSecret);
  const log = actionLogger(secrets.redact);
  const inputs = takeInputs(secrets, log);
  await closeTunnel(core.getState(STATE.tunnel), log);
  await leave(inputs, secrets, log).catch(error => log.warning(`The end of the job: ${reasonOf(error)}`));
  const verdict = core.getState(STATE.verdict);
  if (verdict) log.info(verdict);
}

async function closeTunnel(saved: string, log: GroupedLogger): Promise<void> {
  if (!saved) return;
  try {
    const tunnel = JSON.parse(saved) as TunnelState;
    const end = await stopTunnel(tunnel, systemClock);
    log.startGroup(`Tunnel: ${ENDS[end]}`);
    for (const line of lastLines(readFileSync(tunnel.log, 'utf8'), LOG_LINES)) log.info(line);
    log.endGroup();
  } catch (error) {
    log.warning(`The tunnel could not be looked after: ${reasonOf(error)}`);
  }
}

/** Leaves the machine. The result of the job stays as it is. */
async function leave(inputs: RawInputs, secrets: Secrets, log: GroupedLogger): Promise<void> {
  const leftovers: Leftovers = {
    runId: core.getState(STATE.runId),
    isDeploying: core.getState(STATE.deploying) === 'true',
    result: core.getState(STATE.result),
  };
  const config = isKilled(leftovers) || leftovers.isDeploying ? await readConfig(inputs, secrets) : undefined;
  if (!config) return;
  const dependencies = {
    log,
    clock: systemClock,
    env: process.env,
    firstKeys: new FirstKeys(shownKeys()),
    openHost,
    kafkaClients,
    runId: randomBytes(4).toString('hex'),
    startedAt: new Date(),
    cancelled: cancellation(process),
  };
  // The runner works the inputs out again for the post step: by then it knows how the job ended.
  const report = await leaveMachine(config, dependencies, leftovers, (inputs['job-status'] ?? '').trim());
  if (report) await addToSummary(bounded(published(report, secrets.redact)), secrets.redact);
}

/** @throws SyntaxError when the state is damaged: then no machine is trusted */
function shownKeys(): ShownKeys {
  const saved = core.getState(STATE.hostKeys);
  return saved === '' ? {} : (JSON.parse(saved) as ShownKeys);
}

/** @returns undefined for inputs that main has refused already, and for a run without a machine */
async function readConfig(inputs: RawInputs, secrets: Secrets): Promise<Config | undefined> {
  try {
    const task = await readTask(inputs, secrets);
    return task.mode === 'lint' ? undefined : task.config;
  } catch {
    return undefined;
  }
}
