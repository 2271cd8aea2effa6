import type { Config } from '../config/config.ts';
import { INPUT_NAMES, type RawInputs, SECRET_INPUTS } from '../config/inputs.ts';
import { secretsOfProxy } from '../config/proxy-inputs.ts';
import { asksForLint, parseLint, type Task } from '../config/task.ts';
import type { Connection } from '../host/connection.ts';
import { secretsOf } from '../kafka/security/client-security.ts';
import type { Logger } from '../log.ts';
import { readRegularFile } from './files/regular-file.ts';
import { hideFromCrashes, removeSecrets } from './own-environment.ts';
import { secretsWithheld } from './pull-request.ts';
import type { Secrets } from './secrets.ts';
import * as core from './workflow-commands.ts';

/** Many times a key of 16,384 bits. */
const MAX_KEY_BYTES = 64 * 1024;

/**
 * The inputs as the runner gives them, and the secrets among them. Line breaks are kept: keys need them. From then on they are
 * here alone: nothing of this process's environment holds them any more.
 */
export function takeInputs(secrets: Secrets, log: Logger): RawInputs {
  const inputs = Object.fromEntries(INPUT_NAMES.map(name => [name, core.getInput(name)])) as RawInputs;
  for (const name of SECRET_INPUTS) secrets.add(inputs[name]);
  for (const secret of secretsOfProxy(inputs['http-proxy'])) secrets.add(secret);
  hideFromCrashes();
  if (!removeSecrets(process.env, secrets.isIn))
    log.debug('the inputs could not be erased from what /proc shows of this process');
  return inputs;
}

/**
 * Reads what the inputs say, and notes every secret that this brings.
 * @throws ActionError that names every problem at once
 */
export async function readTask(inputs: RawInputs, secrets: Secrets): Promise<Task> {
  if (asksForLint(inputs)) return { mode: 'lint', compose: parseLint(inputs) };
  // What reads keys is not loaded for a run that needs no machine.
  const { parseConfig } = await import('../config/config.ts');
  const config = parseConfig(inputs, path => readSecretFile(path, secrets), secretsWithheld(process.env));
  for (const secret of usedSecrets(config)) secrets.add(secret);
  // A key from a file may be in a variable of the job, too.
  removeSecrets(process.env, secrets.isIn);
  return { mode: config.mode, config };
}

/** The keys and passwords as they are used. They were repaired or converted, so that they may differ from the inputs. */
const usedSecrets = ({ connection, proxy, security = {} }: Config): string[] => [
  ...keysOf(connection),
  ...secretsOfProxy(proxy?.url),
  ...secretsOf(security),
];

function keysOf(connection: Connection): string[] {
  if (connection.kind === 'local') return [];
  const { via, ...target } = connection.target;
  const targets = via?.kind === 'jump-host' ? [target, via.target] : [target];
  return targets.flatMap(({ privateKey, passphrase }) => [privateKey, passphrase]);
}

function readSecretFile(path: string, secrets: Secrets): string {
  const text = readRegularFile(path, { maxBytes: MAX_KEY_BYTES });
  secrets.add(text);
  return text;
}
