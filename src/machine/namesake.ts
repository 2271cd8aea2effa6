import { projectNameOf } from '../config/deployment-inputs.ts';
import { ActionError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { DeploymentRecord } from './parse-record.ts';

/** What the inputs name. */
interface Wanted {
  readonly project: string;
  /** Absolute path on the machine. */
  readonly directory: string;
}

/** Whether a record is of another directory than the inputs name, although nothing but the directory gave the project its name. */
export const isElsewhere = (record: DeploymentRecord, { project, directory }: Wanted): boolean =>
  record.directory !== directory && projectNameOf(directory) === project;

/**
 * Docker Compose derives one name from several directories: from `A.b` and `ab`, and from `x/kafka` and `y/kafka`. Whoever deploys
 * the second one would replace the first one's containers, and whoever takes it down would lose the first one's data.
 * @throws ActionError `project-taken` when the record is of such another directory, and that is there
 */
export async function refuseNamesake(host: Host, record: DeploymentRecord, wanted: Wanted): Promise<void> {
  const { project, directory } = wanted;
  if (!isElsewhere(record, wanted) || projectNameOf(record.directory) !== project) return;
  const { exitCode } = await host.run({
    argv: ['test', '-e', `${record.directory}/${record.files[0]}`],
    isLook: true,
  });
  if (exitCode !== 0) return;
  throw new ActionError(
    'project-taken',
    `${directory} and ${record.directory} are both the Docker Compose project ${project}, and the latter is deployed`,
    {
      hint: `Give one of the two a project-name of its own. If ${record.directory} is no longer needed, take it down first: mode down with its directory.`,
    },
  );
}
