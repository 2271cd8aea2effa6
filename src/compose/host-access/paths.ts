import { dirname, isAbsolute, normalize } from 'node:path/posix';
import type { Look } from './look.ts';
import { isOfTheMachine } from './machine-paths.ts';

/**
 * True for a path of the machine. Of a stranger's file that is all which is not below the folder of the first compose file; in
 * any other what the machine itself lives on, and what is not of the same repository.
 * @param file in which it stands
 */
export function isOutside(path: string, file: string, look: Look): boolean {
  const { model, isStranger } = look;
  if (isElsewhere(path)) return isStranger || isOfTheMachine(path);
  return levelsUp(model.fromFolder(path, file)) > (isStranger ? 0 : look.foldersAbove);
}

/** Absolute, of a home directory, or of another system. */
const isElsewhere = (path: string) => isAbsolute(path) || /^(~|[A-Za-z]:[\\/]|\\)/.test(path);

const levelsUp = (path: string) => path.split('/').filter(part => part === '..').length;

/**
 * How many folders above that of a compose file are in the same workspace, and so in the same repository.
 * @param composeFile from the root of the workspace; of a path from anywhere else it is not known, and nothing counts as outside
 */
export function foldersAbove(composeFile: string): number {
  const folder = normalize(dirname(composeFile));
  if (isElsewhere(composeFile) || levelsUp(folder) > 0) return Number.POSITIVE_INFINITY;
  return folder.split('/').filter(part => part !== '.').length;
}

/** True when a path is another one, or lies below it; both from the same folder. */
export function isWithin(path: string, folder: string): boolean {
  const [inner, outer] = [normalize(`./${path}/`), normalize(`./${folder}/`)];
  return outer === './' || inner.startsWith(outer);
}
