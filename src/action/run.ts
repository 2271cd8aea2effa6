import { randomBytes } from 'node:crypto';
import type { Mode } from '../config/config.ts';
import type { RawInputs } from '../config/inputs.ts';
import { ActionError, reasonOf, toActionError } from '../errors.ts';
import { silenceKafkaWarnings } from '../kafka/kafkajs-warnings.ts';
import type { GroupedLogger } from '../log.ts';
import type { Outcome } from '../modes/run.ts';
import { failedBeforeStart } from '../report/report.ts';
import { cancellation } from './cancellation.ts';
import { readTask, takeInputs } from './inputs.ts';
import { actionLogger } from './logger.ts';
import { publish } from './publish.ts';
import type { Runner } from './runner.ts';
import { Secrets } from './secrets.ts';
import { STATE } from './state.ts';
import { perform } from './tasks.ts';
import * as core from './workflow-commands.ts';

/**
 * One run of the action, from its inputs to its outputs and exit code.
 * @param root the folder that holds stacks/ and client/
 */
export async function run(root: string): Promise<void> {
  silenceKafkaWarnings(process);
  const secrets = new Secrets(core.setSecret);
  const log = actionLogger(secrets.redact);
  const outcome = await outcomeOf(takeInputs(secrets, log), { root, secrets, log });
  await publish(outcome, secrets.redact);
}

async function outcomeOf(
  inputs: RawInputs,
  { root, secrets, log }: { root: string; secrets: Secrets; log: GroupedLogger },
): Promise<Outcome> {
  const runner: Runner = {
    root,
    log,
    redact: secrets.redact,
    runId: randomBytes(4).toString('hex'),
    startedAt: new Date(),
    cancelled: cancellation(process),
  };
  let mode: Mode | undefined;
  try {
    saveRunId(runner.runId);
    const task = await readTask(inputs, secrets);
    mode = task.mode;
    return await perform(task, runner);
  } catch (error) {
    return { report: failedBeforeStart(toActionError(error), runner, { mode }) };
  }
}

/** The post step of a run that is killed gives the machine back by this id: without it nothing is begun. */
function saveRunId(runId: string): void {
  try {
    core.saveState(STATE.runId, runId);
  } catch (cause) {
    const message = `the runner does not take the state for the post step: ${reasonOf(cause)}`;
    throw new ActionError('runner-not-writable', message, { cause });
  }
}
