import type { Context } from '../../context.ts';
import type { ErrorCode } from '../../error-codes.ts';
import { ActionError, lastLines } from '../../errors.ts';
import type { Placement } from '../../kafka/placement/placement.ts';
import { composeCommand } from '../../machine/compose-project.ts';
import { TOOL_HEAP, TOOL_PROPERTIES_FILE } from '../../machine/kafka-tools.ts';
import { type ClusterNode, firstNode, hostAccessOf, KAFKA_SERVICE } from './node.ts';

/** How partitions are copied. */
interface Copying {
  /** Bytes a second that a broker sends, or takes, of what is copied. */
  readonly throttle: number;
  /** Ids of brokers that do not run, and that have replicas of what is copied. */
  readonly silent?: readonly number[];
}

/** Kafka's own tools for where partitions are, and who has them, in the container of the first node. */
export class ReassignmentTools {
  private readonly node: ClusterNode;
  private readonly servers: string;

  constructor(nodes: readonly ClusterNode[]) {
    this.node = firstNode(nodes);
    this.servers = hostAccessOf(nodes, this.node.project.directory).bootstrapServers.join(',');
  }

  /**
   * Begins to copy what the brokers do not have yet. Kafka goes on by itself.
   * @throws ActionError `rebalance-failed`, as all of these do
   */
  async begin(
    context: Context,
    placements: readonly Placement[],
    { throttle, silent = [] }: Copying,
  ): Promise<void> {
    // The tool tells each of them its rate, and fails after a minute for one that does not answer.
    const pace = silent.length > 0 ? [] : ['--throttle', `${throttle}`];
    await this.reassign(context, placements, ['--execute', ...pace]);
  }

  /** Lifts the throttle of these partitions, when none is on the move any more. */
  async finish(context: Context, placements: readonly Placement[]): Promise<void> {
    await this.reassign(context, placements, ['--verify']);
  }

  /** Takes a broker that has stopped out of the cluster. @throws ActionError `node-cannot-leave` */
  async unregister(context: Context, id: number): Promise<void> {
    const argv = ['--bootstrap-server', this.servers, '--config', TOOL_PROPERTIES_FILE, '--id', `${id}`];
    await this.run(context, ['kafka-cluster', 'unregister', ...argv], { code: 'node-cannot-leave' });
  }

  /** Lets each partition be led by the broker that stands first in its list. */
  async electPreferred(context: Context): Promise<void> {
    const argv = [
      '--admin.config',
      TOOL_PROPERTIES_FILE,
      '--election-type',
      'preferred',
      '--all-topic-partitions',
    ];
    await this.run(context, ['kafka-leader-election', '--bootstrap-server', this.servers, ...argv]);
  }

  private reassign(
    context: Context,
    placements: readonly Placement[],
    args: readonly string[],
  ): Promise<void> {
    const partitions = placements.map(({ topic, partition, replicas }) => ({ topic, partition, replicas }));
    const argv = [
      '--command-config',
      TOOL_PROPERTIES_FILE,
      '--reassignment-json-file',
      '/dev/stdin',
      ...args,
    ];
    return this.run(context, ['kafka-reassign-partitions', '--bootstrap-server', this.servers, ...argv], {
      stdin: JSON.stringify({ version: 1, partitions }),
    });
  }

  private async run(
    { log }: Context,
    argv: readonly string[],
    { stdin = '', code = 'rebalance-failed' }: { stdin?: string; code?: ErrorCode } = {},
  ): Promise<void> {
    const { project, context } = this.node;
    const [tool = '', ...args] = argv;
    const servers = argv.indexOf(this.servers);
    log.info(argv.filter((_, index) => index !== servers && index !== servers - 1).join(' '));
    const command = composeCommand(project, ['exec', '-T', '--env', TOOL_HEAP, KAFKA_SERVICE, tool, ...args]);
    // What it prints is for people: the step that calls it looks at the cluster itself.
    const { exitCode, stdout, stderr } = await context.host.run({ ...command, stdin, mayBeCut: true });
    if (exitCode === 0) return;
    const details = lastLines(`${stdout}\n${stderr}`);
    throw new ActionError(code, `${tool} ended with exit code ${exitCode}`, { details });
  }
}
