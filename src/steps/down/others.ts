import { ActionError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import { labelField, rowsOf } from '../../machine/docker-labels.ts';
import type { DeploymentRecord } from '../../machine/parse-record.ts';

interface Made {
  readonly service: string;
  readonly composeFiles: readonly string[];
}

/**
 * Whether a container of the project is the deployment's: of one of its services, or made from its compose files. Anybody may give
 * another compose file the same project name.
 * @param record without its services nothing can be told apart, and all of the project is the deployment's
 */
export function isOfDeployment(
  { service, composeFiles }: Made,
  record: DeploymentRecord | undefined,
): boolean {
  if (!record?.services || composeFiles.length === 0 || record.services.includes(service)) return true;
  const own = new Set(record.files.map(file => `${record.directory}/${file}`));
  return composeFiles.some(file => own.has(file));
}

/**
 * `sh -c SCRIPT sh PROJECT DATA`: who uses the project's networks, and with DATA its volumes. A container that has stopped keeps a
 * volume, but no network.
 */
const USERS = `
label="label=com.docker.compose.project=$1"
format='{{.Names}}\t${labelField('project')}\t${labelField('service')}\t${labelField('project.config_files')}'
for name in $(docker network ls --filter "$label" --format '{{.Name}}'); do
  docker ps --filter "network=$name" --format "network\t$name\t$format"
done
[ -n "$2" ] || exit 0
for name in $(docker volume ls --filter "$label" --format '{{.Name}}'); do
  docker ps --all --filter "volume=$name" --format "volume\t$name\t$format"
done`;

interface UsersOptions {
  readonly project: string;
  /** Whether the volumes go, too. */
  readonly withData: boolean;
  readonly record: DeploymentRecord | undefined;
}

/** @throws ActionError `still-in-use` that names the containers of others which what is to be removed is in use by */
export async function refuseUsers(host: Host, { project, withData, record }: UsersOptions): Promise<void> {
  const { stdout } = await mustRun(host, {
    argv: ['sh', '-c', USERS, 'sh', project, withData ? 'data' : ''],
    sudo: true,
    isLook: true,
  });
  const users = rowsOf(stdout).flatMap(([kind, thing, name, owner = '', service = '', files = '']) => {
    const composeFiles = files.split(',').filter(file => file !== '');
    const isOwn = owner === project && isOfDeployment({ service, composeFiles }, record);
    const where =
      composeFiles.length > 0 && owner === project ? `, made from ${composeFiles.join(', ')}` : '';
    const of = owner === '' ? '' : ` of the Docker Compose project ${owner}${where}`;
    return isOwn
      ? []
      : [{ kind, thing, name: `${name}`, words: `${kind} ${thing} is used by container ${name}${of}` }];
  });
  if (users.length === 0) return;
  const ways = users.map(({ kind, thing, name }) =>
    kind === 'network' ? `sudo docker network disconnect ${thing} ${name}` : `sudo docker rm --force ${name}`,
  );
  throw new ActionError('still-in-use', users.map(({ words }) => words).join('; '), {
    hint: `Nothing of it was removed. Free it if nobody needs that container so, then run again: ${[...new Set(ways)].join('; ')}`,
  });
}
