import type { Host } from '../host/host.ts';
import { withLabel } from './docker-labels.ts';
import { TOOL_HEAP, TOOL_PROPERTIES_FILE } from './kafka-tools.ts';

/** A broker that the cluster has in its books, whether it runs or not. */
export interface Member {
  readonly nodeId: number;
  /** The private address that it has told the others. */
  readonly address: string;
  /** Whether the controllers hear from it. */
  readonly isAlive: boolean;
}

/** Of the script, where no node runs. */
const NONE_RUNS = 3;

/** `sh -c ASK sh SERVER FILTER…`: asks the node on the machine, in its own container. */
const ASK = `server=$1
shift
id=$(docker ps --quiet "$@" | head -n 1)
[ -n "$id" ] || exit ${NONE_RUNS}
exec docker exec --env ${TOOL_HEAP} "$id" timeout 30 kafka-cluster list-endpoints --include-fenced-brokers --config ${TOOL_PROPERTIES_FILE} --bootstrap-server "$server"`;

interface Asked {
  /** The Docker Compose project and the service that the node is. */
  readonly project: string;
  readonly service: string;
  /** `HOST:PORT` of the node for the other nodes. */
  readonly server: string;
}

/**
 * Asks a node on the machine which brokers the cluster has, those included that do not run. It takes a second or two.
 * @returns undefined where no node runs, or the one that runs does not know
 */
export async function askMembers(
  host: Host,
  { project, service, server }: Asked,
): Promise<Member[] | undefined> {
  const filters = [...withLabel('project', project), ...withLabel('service', service)];
  const argv = ['sh', '-c', ASK, 'sh', server, ...filters] as const;
  const { exitCode, stdout } = await host.run({ argv, sudo: true });
  return exitCode === 0 ? readMembers(stdout) : undefined;
}

/** @param table `ID HOST PORT RACK STATE ENDPOINT_TYPE` on each line, as Kafka's ClusterTool prints it */
export function readMembers(table: string): Member[] {
  return table.split('\n').flatMap(line => {
    const { id, address, state } =
      /^(?<id>\d{1,10})\s+(?<address>\S+)\s+\d+\s.*\b(?<state>(?:un)?fenced)\b/.exec(line)?.groups ?? {};
    return id === undefined || address === undefined
      ? []
      : [{ nodeId: Number(id), address, isAlive: state === 'unfenced' }];
  });
}
