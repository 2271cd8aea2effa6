import * as core from '@actions/core';
import { type Config, parseTask, type Task } from '../config/config.ts';
import { INPUT_NAMES, type RawInputs, SECRET_INPUTS } from '../config/inputs.ts';
import { readRegularFile } from './files/regular-file.ts';
import type { Secrets } from './secrets.ts';

/** Many times a key of 16,384 bits. */
const MAX_KEY_BYTES = 64 * 1024;

/** The inputs as the runner gives them. Line breaks are kept: keys need them. */
export function readInputs(): RawInputs {
  return Object.fromEntries(INPUT_NAMES.map(name => [name, core.getInput(name, { trimWhitespace: false })]));
}

/**
 * Reads the inputs and notes every secret among them.
 * @throws ActionError that names every problem at once
 */
export function readTask(inputs: RawInputs, secrets: Secrets): Task {
  for (const name of SECRET_INPUTS) secrets.add(inputs[name]);
  const task = parseTask(inputs, path => readSecretFile(path, secrets));
  if (task.mode !== 'lint') for (const secret of usedSecrets(task.config)) secrets.add(secret);
  return task;
}

/** The keys and passphrases as they are used. They were repaired or converted, so that they may differ from the inputs. */
function usedSecrets({ connection }: Config): string[] {
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
