import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@actions/core';
import { systemClock } from '../clock.ts';
import { type Config, parseConfig } from '../config.ts';
import { deploy, failedBeforeStart } from '../deploy.ts';
import { ActionError, toActionError } from '../errors.ts';
import { type RawInputs, SECRET_INPUTS } from '../inputs.ts';
import { silenceKafkaWarnings } from '../kafka/client.ts';
import type { Report } from '../report/report.ts';
import type { Assets } from '../steps/deploy-steps.ts';
import { readInputs } from './inputs.ts';
import { actionLogger } from './logger.ts';
import { publish } from './publish.ts';
import { Secrets } from './secrets.ts';

/**
 * One run of the action, from its inputs to its outputs and exit code.
 * @param root the folder that holds stacks/ and client/
 */
export async function run(root: string): Promise<void> {
  silenceKafkaWarnings(process);
  const secrets = new Secrets(core.setSecret);
  const report = await deployFrom(readInputs(), root, secrets);
  await publish(report, secrets.redact);
}

async function deployFrom(inputs: RawInputs, root: string, secrets: Secrets): Promise<Report> {
  const identity = { runId: randomBytes(4).toString('hex'), startedAt: new Date() };
  for (const name of SECRET_INPUTS) secrets.add(inputs[name]);
  try {
    const config = parseConfig(inputs, path => readSecretFile(path, secrets));
    for (const key of privateKeysOf(config)) secrets.add(key);
    const log = actionLogger(secrets.redact);
    const assets = readAssets(root, config.stack);
    return await deploy(config, {
      ...{ ...identity, assets, log, clock: systemClock, environment: process.env },
      cancelled: cancellation(process),
    });
  } catch (error) {
    return failedBeforeStart(toActionError(error), identity);
  }
}

/**
 * A cancelled job gets SIGINT, SIGTERM 7.5 s later, and 2.5 s after that its end (actions/runner, ProcessInvoker): the time
 * is for undoing what must not stay, and for the outputs.
 */
function cancellation(process: NodeJS.Process): AbortSignal {
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

function readAssets(root: string, stack: string): Assets {
  const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
  return {
    composeFile: read('stacks', stack, 'docker-compose.yml'),
    producer: read('client', 'producer.py'),
    consumer: read('client', 'consumer.py'),
    requirements: read('client', 'requirements.txt'),
  };
}
