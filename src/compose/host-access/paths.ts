import { isAbsolute, normalize } from 'node:path/posix';
import type { Look } from './look.ts';

/** True for a path of the machine that is not below the folder of the first compose file. @param file in which it stands */
export function isOutside(path: string, file: string, { model }: Look): boolean {
  if (isElsewhere(path)) return true;
  return /^\.\.(\/|$)/.test(model.fromFolder(path, file));
}

/** Absolute, of a home directory, or of another system. */
const isElsewhere = (path: string) => isAbsolute(path) || /^(~|[A-Za-z]:[\\/]|\\)/.test(path);

/** True when a path is another one, or lies below it; both from the same folder. */
export function isWithin(path: string, folder: string): boolean {
  const [inner, outer] = [normalize(`./${path}/`), normalize(`./${folder}/`)];
  return outer === './' || inner.startsWith(outer);
}
