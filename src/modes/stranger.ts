import { hostAccessOf } from '../compose/host-access/host-access.ts';
import type { HostAccess } from '../compose/host-access/look.ts';
import type { Fault, FaultKind } from '../compose/reader/fault.ts';
import { type ComposeFile, type LoadOptions, loadCompose } from '../compose/reader/load.ts';
import { ActionError } from '../errors.ts';

const SHOWN = 20;
/** Part of the project was not read: there may be anything in it. */
const UNJUDGED = new Set<FaultKind>([
  'yaml-syntax',
  'yaml-limit',
  'env-file-syntax',
  'file-missing',
  'file-unread',
  'include-not-followed',
]);

/**
 * Judges compose files that somebody wrote who is not trusted with the machine: nothing of it may be in them, nor anything that
 * cannot be judged, whatever the linter lets pass.
 * @returns `host-access-refused`, or undefined when there is nothing
 */
export function refusalOfStranger(
  files: readonly ComposeFile[],
  options: LoadOptions,
): ActionError | undefined {
  const { model, faults } = loadCompose(files, { ...options, purpose: 'use' });
  const unjudged = faults.filter(({ kind }) => UNJUDGED.has(kind));
  const found = [...hostAccessOf({ model, isStranger: true }), ...unjudged];
  if (found.length === 0) return undefined;
  const lines = [...new Set(found.map(lineOf))];
  const names = files.map(({ path }) => path).join(', ');
  const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : '';
  return new ActionError(
    'host-access-refused',
    `${names} comes from a pull request, and gets something of the machine: ${lines[0]}${more}`,
    { details: lines.slice(0, SHOWN) },
  );
}

const lineOf = ({ place: { file, line, column }, message }: HostAccess | Fault) =>
  `${file}:${line}:${column} ${message}`;
