import { readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, normalize, relative } from 'node:path';
import type { ComposeFile } from '../compose/reader/load.ts';
import type { ComposeChoice } from '../config/deployment-inputs.ts';
import { ActionError } from '../errors.ts';
import type { ComposeTexts } from '../modes/lint.ts';

/**
 * Reads the compose files that the inputs name.
 * @param root folder of the action, which holds stacks/
 * @param workspace folder of the repository that is checked out
 * @throws ActionError `compose-file-unreadable`
 */
export function readComposeFiles(choice: ComposeChoice, root: string, workspace: string): ComposeTexts {
  if (choice.files.length === 0) {
    const text = readFileSync(join(root, 'stacks', choice.stack, 'docker-compose.yml'), 'utf8');
    return { files: [{ path: 'docker-compose.yml', text }], readFile: () => undefined, isOwn: false };
  }
  const files = choice.files.map(named => {
    const path = inWorkspace(named, workspace);
    try {
      return { path, text: readFileSync(join(workspace, path), 'utf8') };
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'it is not there' : String(cause);
      throw new ActionError('compose-file-unreadable', `compose-file: ${named}: ${reason}`, { cause });
    }
  });
  return { files, readFile: path => readIfThere(join(workspace, path)), isOwn: true };
}

/** Writes files of the workspace back. */
export function writeComposeFiles(files: readonly ComposeFile[], workspace: string): void {
  for (const { path, text } of files) writeFileSync(join(workspace, path), text);
}

function inWorkspace(path: string, workspace: string): string {
  return isAbsolute(path) ? relative(workspace, path) : normalize(path);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
