import type { GroupedLogger } from '../../log.ts';
import { type Diagnosis, diagnose, finalContainers } from '../../machine/diagnosis.ts';
import type { ClusterMember } from '../../report/report.ts';
import { type ClusterNode, clusterOfNodes, firstNode, serviceOn } from '../../steps/cluster/node.ts';
import { stateOf } from '../results.ts';
import type { Run, RunResults } from '../run.ts';

/** The containers of all machines as they are at the end, and after a failure what they said last. */
export async function aftermathOn(
  run: Run,
  nodes: readonly ClusterNode[],
  { failure }: RunResults,
): Promise<RunResults> {
  const { clock } = run.dependencies;
  const { members } = clusterOfNodes(nodes);
  const looks = await Promise.all(
    nodes.map(async node => {
      const containers = await finalContainers(node.context.host, node.project, clock);
      const states = node.deployment.cluster.members.map(
        ({ service }) => [serviceOn(service, node), stateOf(service, containers)] as const,
      );
      return { node, containers, states };
    }),
  );
  const states = new Map(looks.flatMap(look => look.states));
  const unknown = { state: 'unknown', status: '' } as const;
  return {
    project: firstNode(nodes).project,
    cluster: members.map(
      (member): ClusterMember => ({
        ...member,
        ...(states.get(member.service) ?? unknown),
      }),
    ),
    diagnosis: failure && (await diagnoseAll(run, looks)),
  };
}

type Look = { readonly node: ClusterNode; readonly containers: Parameters<typeof diagnose>[1] };

/** A machine after the other, so that what each said stands together. */
async function diagnoseAll({ dependencies }: Run, looks: readonly Look[]): Promise<Diagnosis> {
  const all: Diagnosis[] = [];
  for (const { node, containers } of looks) {
    const { context } = node;
    const { name } = context.machine;
    const log = named(dependencies.log, name);
    const { logs, disk, memory } = await diagnose(context.host, containers, { ...dependencies, log });
    all.push({
      logs: logs.map(each => ({
        ...each,
        container: serviceOn(each.container, node),
        service: serviceOn(each.service, node),
      })),
      disk: [`${name}:`, ...disk],
      memory: [`${name}:`, ...memory],
    });
  }
  return {
    logs: all.flatMap(({ logs }) => logs),
    disk: all.flatMap(({ disk }) => disk),
    memory: all.flatMap(({ memory }) => memory),
  };
}

/** The log, whose groups are of that machine. */
const named = (log: GroupedLogger, machine: string): GroupedLogger => ({
  info: line => log.info(line),
  warning: message => log.warning(message),
  debug: line => log.debug(line),
  startGroup: title => log.startGroup(`${title} · ${machine}`),
  endGroup: () => log.endGroup(),
});
