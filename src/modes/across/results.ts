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
    const { name } = node.context.machine;
    const named = containers.map(container => ({
      ...container,
      service: serviceOn(container.service, node),
    }));
    const { logs, disk, memory } = await diagnose(node.context.host, named, dependencies);
    const heading = `${name}:`;
    all.push({ logs, disk: [heading, ...disk], memory: [heading, ...memory] });
  }
  return {
    logs: all.flatMap(({ logs }) => logs),
    disk: all.flatMap(({ disk }) => disk),
    memory: all.flatMap(({ memory }) => memory),
  };
}
