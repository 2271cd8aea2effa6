import type { Context } from '../../context.ts';
import { composeCommand } from '../../machine/compose-project.ts';
import { TOOL_HEAP, TOOL_PROPERTIES_FILE } from '../../machine/kafka-tools.ts';
import { type ClusterNode, hostAccessOf, KAFKA_SERVICE } from './node.ts';

/** A tool that finds no controller asks for a minute. */
const TIMEOUT_MS = 30_000;

/**
 * Asks a node for the leader of the controllers' quorum, by Kafka's own tool. (In metadata any broker is "the controller".)
 * @returns its node id; undefined when no node tells
 */
export async function leaderOf(
  { signal }: Pick<Context, 'signal'>,
  nodes: readonly ClusterNode[],
): Promise<number | undefined> {
  for (const node of nodes.filter(({ plan }) => plan.roles !== 'broker').slice(0, 2)) {
    signal.throwIfAborted();
    const id = /^LeaderId:\s+(\d+)$/m.exec(await describe(node, nodes, '--status'))?.[1];
    if (id !== undefined) return Number(id);
  }
  return undefined;
}

/**
 * Asks whether every controller of these nodes is there and has all that the leader has.
 * @returns what is not so; undefined when all is well
 */
export async function notCaughtUp(
  { signal }: Pick<Context, 'signal'>,
  nodes: readonly ClusterNode[],
): Promise<string | undefined> {
  signal.throwIfAborted();
  const controllers = nodes.filter(({ plan }) => plan.roles !== 'broker');
  const [asked] = controllers;
  const table = asked ? await describe(asked, nodes, '--replication') : '';
  const rows = table.split('\n').map(line => line.trim().split(/\s+/));
  const head = rows.find(([first]) => first === 'NodeId');
  const [lagAt = -1, statusAt = -1] = [head?.indexOf('Lag'), head?.indexOf('Status')];
  if (lagAt < 0 || statusAt < 0) return 'no controller tells how far the others are';
  const behind = controllers.flatMap(({ plan: { nodeId }, context }) => {
    const row = rows.find(([id]) => id === `${nodeId}`);
    const isWell = row?.[lagAt] === '0' && ['Leader', 'Follower'].includes(row[statusAt] ?? '');
    return isWell ? [] : [`node ${nodeId} on ${context.machine.name} is behind by ${row?.[lagAt] ?? 'all'}`];
  });
  return behind.length > 0 ? behind.join(', ') : undefined;
}

/** What the tool prints; '' when it fails: nothing depends on it alone. */
async function describe(node: ClusterNode, nodes: readonly ClusterNode[], what: string): Promise<string> {
  const servers = hostAccessOf(nodes, node.project.directory).bootstrapServers.join(',');
  const argv = ['--bootstrap-server', servers, '--command-config', TOOL_PROPERTIES_FILE, 'describe', what];
  const command = composeCommand(node.project, [
    ...['exec', '-T', '--env', TOOL_HEAP, KAFKA_SERVICE, 'kafka-metadata-quorum', ...argv],
  ]);
  try {
    const { exitCode, stdout } = await node.context.host.run({ ...command, timeoutMs: TIMEOUT_MS });
    return exitCode === 0 ? stdout : '';
  } catch {
    return '';
  }
}
