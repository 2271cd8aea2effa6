import { relative } from 'node:path/posix';

/** What there is of a file that a compose file names: its text, why it is not taken, or undefined when it is not there. */
export type NamedFile = string | undefined | { readonly refusal: string };

/** The text of a file, if it may be had. */
export const textOf = (file: NamedFile): string | undefined => (typeof file === 'string' ? file : undefined);

/** What Compose itself reads, or people give it: `.env`, `.env.local`. */
const ENVIRONMENT_FILE = /^\.env(\..*)?$/;

/**
 * Why a path may not be read, although it is in the workspace: what git and other tools keep in names with a dot holds tokens. The way to the
 * folder of the compose files may have such names, for an input names it.
 * @param folder of the first compose file
 * @returns undefined for a path that may be read
 */
export function hiddenPartProblem(folder: string, path: string): string | undefined {
  const parts = path.split('/');
  if (parts.some(part => part.toLowerCase() === '.git')) return 'is in .git, where credentials may be';
  const below = relative(folder, path)
    .split('/')
    .filter(part => part !== '..');
  const hidden = below.find((part, index) => {
    const isFile = index === below.length - 1;
    return part.startsWith('.') && !(isFile && ENVIRONMENT_FILE.test(part));
  });
  return (
    hidden && `is hidden (${hidden}): of names with a dot at their beginning only .env and .env.… are read`
  );
}
