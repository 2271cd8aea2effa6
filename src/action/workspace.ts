import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirname, isAbsolute } from 'node:path/posix';
import type { ComposeFile } from '../compose/reader/load.ts';
import { hiddenPartProblem, type NamedFile } from '../compose/reader/named-file.ts';
import type { ComposeChoice } from '../config/deployment-inputs.ts';
import { ActionError, reasonOf } from '../errors.ts';
import type { ComposeTexts } from '../modes/lint.ts';
import { FileRefusal } from './files/regular-file.ts';
import { WorkspaceFolder } from './files/workspace-folder.ts';

/** Four times what the linter takes of a file, which says so itself. */
const MAX_FILE_BYTES = 1024 * 1024;
/** Of all the files that compose files name, together. */
const MAX_TOTAL_CHARACTERS = 4 * MAX_FILE_BYTES;

/**
 * Reads the compose files that the inputs name.
 * @param root folder of the action, which holds stacks/
 * @param workspace folder of the repository that is checked out; nothing outside of it is read
 * @throws ActionError `compose-file-unreadable`
 */
export function readComposeFiles(choice: ComposeChoice, root: string, workspace: string): ComposeTexts {
  if (choice.files.length === 0) {
    const text = readFileSync(join(root, 'stacks', choice.stack, 'docker-compose.yml'), 'utf8');
    return { files: [{ path: 'docker-compose.yml', text }], readFile: () => undefined, isOwn: false };
  }
  const folder = new WorkspaceFolder(workspace);
  const paths = choice.files.map(named => refusing(named, () => folder.pathOf(named)));
  const home = dirname(paths[0] ?? '.');
  const files = paths.map((path, index) =>
    refusing(choice.files[index] ?? path, () => ({ path, text: readVisible(folder, home, path) })),
  );
  return { files, readFile: namedFiles(folder, home), isOwn: true };
}

/**
 * Writes files of the workspace back.
 * @throws ActionError `compose-file-unwritable`
 */
export function writeComposeFiles(files: readonly ComposeFile[], workspace: string): void {
  const folder = new WorkspaceFolder(workspace);
  for (const { path, text } of files) {
    try {
      folder.replace(path, text);
    } catch (cause) {
      throw new ActionError('compose-file-unwritable', `compose-file: ${path}: it ${reasonOf(cause)}`, {
        cause,
      });
    }
  }
}

function refusing<T>(named: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new ActionError('compose-file-unreadable', `compose-file: ${named}: it ${reasonOf(cause)}`, {
      cause,
    });
  }
}

function readVisible(folder: WorkspaceFolder, home: string, path: string): string {
  const problem = hiddenPartProblem(home, path);
  if (problem) throw new FileRefusal(problem);
  return folder.read(path, MAX_FILE_BYTES);
}

/** Files that compose files name. Each is read once: what was judged is what is deployed. */
function namedFiles(folder: WorkspaceFolder, home: string): ComposeTexts['readFile'] {
  const known = new Map<string, NamedFile>();
  let total = 0;
  const read = (path: string): NamedFile => {
    // One of the machine, where Compose will read it.
    if (isAbsolute(path)) return undefined;
    try {
      const text = readVisible(folder, home, folder.pathOf(path));
      total += text.length;
      if (total <= MAX_TOTAL_CHARACTERS) return text;
      return {
        refusal: `is one too many: of all named files together ${MAX_TOTAL_CHARACTERS} characters are read`,
      };
    } catch (error) {
      if (!(error instanceof FileRefusal)) throw error;
      return error.isMissing ? undefined : { refusal: error.message };
    }
  };
  return path => {
    if (!known.has(path)) known.set(path, read(path));
    return known.get(path);
  };
}
