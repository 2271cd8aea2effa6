import type { SchemaChoice } from '../config/schema-inputs.ts';
import { ActionError, reasonOf } from '../errors.ts';
import type { WantedSchema } from '../kafka/registry/wanted-schemas.ts';
import { WorkspaceFolder } from './files/workspace-folder.ts';

/** Of a schema's file; the registry itself takes less. */
const MAX_FILE_BYTES = 256 * 1024;

/**
 * Reads the schemas that the inputs name.
 * @param workspace folder of the repository that is checked out; nothing outside of it is read
 * @throws ActionError `input-invalid`
 */
export function readSchemaFiles(choices: readonly SchemaChoice[], workspace: string): WantedSchema[] {
  if (choices.length === 0) return [];
  const folder = new WorkspaceFolder(workspace);
  return choices.map(({ subject, file, type }) => {
    try {
      return { subject, type, file, text: folder.read(folder.pathOf(file), MAX_FILE_BYTES) };
    } catch (cause) {
      throw new ActionError('input-invalid', `schemas: ${file}: it ${reasonOf(cause)}`, {
        cause,
        hint: 'Check the path, which starts at the root of the workspace, and that the job has checked the repository out.',
      });
    }
  });
}
