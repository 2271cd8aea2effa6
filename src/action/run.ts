import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as core from '@actions/core';
import { type Config, type Mode, parseTask, type Task } from '../config.ts';
import { ActionError, toActionError } from '../errors.ts';
import { type RawInputs, SECRET_INPUTS } from '../inputs.ts';
import { silenceKafkaWarnings } from '../kafka/client.ts';
import { failedBeforeStart } from '../report/report.ts';
import { readInputs } from './inputs.ts';
import { actionLogger } from './logger.ts';
import { type Outcome, publish } from './publish.ts';
import { Secrets } from './secrets.ts';
import { perform, type Run } from './tasks.ts';

/**
 * One run of the action, from its inputs to its outputs and exit code.
 * @param root the folder that holds stacks/ and client/
 */
export async function run(root: string): Promise<void> {
  silenceKafkaWarnings(process);
  const secrets = new Secrets(core.setSecret);
  const outcome = await outcomeOf(readInputs(), root, secrets);
  await publish(outcome, secrets.redact);
}

async function outcomeOf(inputs: RawInputs, root: string, secrets: Secrets): Promise<Outcome> {
  const run: Run = {
    root,
    log: actionLogger(secrets.redact),
    redact: secrets.redact,
    runId: randomBytes(4).toString('hex'),
    startedAt: new Date(),
    cancelled: cancellation(process),
  };
  // If this process is killed, the post step gives back what it holds on the machine.
  core.saveState('lock', run.runId);
  let mode: Mode | undefined;
  try {
    const task = readTask(inputs, secrets);
    mode = task.mode;
    return await perform(task, run);
  } catch (error) {
    return { report: failedBeforeStart(toActionError(error), run, mode ? { mode } : {}) };
  }
}

/**
 * Reads the inputs and notes every secret among them.
 * @throws ActionError that names every problem at once
 */
export function readTask(inputs: RawInputs, secrets: Secrets): Task {
  for (const name of SECRET_INPUTS) secrets.add(inputs[name]);
  const task = parseTask(inputs, path => readSecretFile(path, secrets));
  if (task.mode !== 'lint') for (const key of privateKeysOf(task.config)) secrets.add(key);
  return task;
}

/**
 * A cancelled job gets SIGINT, SIGTERM 7.5 s later, and 2.5 s after that its end (actions/runner, ProcessInvoker): the time
 * is for undoing what must not stay, and for the outputs.
 */
export function cancellation(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () =>
      controller.abort(new ActionError('cancelled', `the run was cancelled (${signal})`)),
    );
  return controller.signal;
}

/** As they were repaired or converted: other text than the inputs. */
function privateKeysOf({ connection }: Config): string[] {
  if (connection.kind === 'local') return [];
  const { privateKey, via } = connection.target;
  return via?.kind === 'jump-host' ? [privateKey, via.target.privateKey] : [privateKey];
}

function readSecretFile(path: string, secrets: Secrets): string {
  const text = readFileSync(path, 'utf8');
  secrets.add(text);
  return text;
}
