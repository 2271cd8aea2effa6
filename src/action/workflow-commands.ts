// By their paths, which the package does not export: its entry also loads an HTTP client, for tokens that nobody asks for here, and
// that takes longer than judging a compose file (docs/adr/0025-what-is-not-needed-is-not-loaded.md).
import { issue, issueCommand } from '../../node_modules/@actions/core/lib/command.js';
import {
  issueFileCommand,
  prepareKeyValueMessage,
} from '../../node_modules/@actions/core/lib/file-command.js';
import { toCommandProperties } from '../../node_modules/@actions/core/lib/utils.js';

export { summary } from '../../node_modules/@actions/core/lib/summary.js';

/**
 * What the action says to its runner, as @actions/core does.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */

/** Where an annotation belongs; lines and columns count from 1. */
export interface Place {
  readonly title?: string;
  readonly file?: string;
  readonly startLine?: number;
  readonly endLine?: number;
  readonly startColumn?: number;
  readonly endColumn?: number;
}

/** @returns the input as it was given, white space included; '' when it was not */
export const getInput = (name: string): string =>
  process.env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '';

/** What the main step has saved for the post step; '' for nothing. */
export const getState = (name: string): string => process.env[`STATE_${name}`] ?? '';

/** @throws Error when the runner's file cannot be written */
export const saveState = (name: string, value: unknown): void => keep('STATE', 'save-state', name, value);

/** @throws Error when the runner's file cannot be written */
export const setOutput = (name: string, value: unknown): void => keep('OUTPUT', 'set-output', name, value);

/** Runners write files for this since 2022; before, it was a command. */
function keep(file: 'STATE' | 'OUTPUT', command: string, name: string, value: unknown): void {
  if (process.env[`GITHUB_${file}`]) issueFileCommand(file, prepareKeyValueMessage(name, value));
  else issueCommand(command, { name }, value);
}

/** From now on the runner shows the text as `***`. */
export const setSecret = (secret: string): void => issueCommand('add-mask', {}, secret);

export function info(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Shown only when the runner's debug logging is on. */
export const debug = (line: string): void => issueCommand('debug', {}, line);

export const warning = (message: string, place: Place = {}): void =>
  issueCommand('warning', toCommandProperties(place), message);

export const error = (message: string, place: Place = {}): void =>
  issueCommand('error', toCommandProperties(place), message);

export const startGroup = (title: string): void => issue('group', title);
export const endGroup = (): void => issue('endgroup');
