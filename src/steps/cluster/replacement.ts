import { formatDuration } from '../../clock.ts';
import type { Context } from '../../context.ts';
import { ActionError, reasonOf } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import { withAdmin } from '../../kafka/admin.ts';
import { poll } from '../../kafka/poll.ts';
import { withLabel } from '../../machine/docker-labels.ts';
import { readNodeData } from '../../machine/node-data.ts';
import { notYet, type Step, satisfied } from '../step.ts';
import type { ClusterNode } from './node.ts';
import { notCaughtUp } from './quorum.ts';

interface ReplacementOptions {
  readonly nodes: readonly ClusterNode[];
  /** The node that is to take over; it has no data yet. */
  readonly successor: ClusterNode;
  /** Connects to the lost machine. @throws ActionError when it is not reached */
  readonly openReplaced: () => Promise<Host>;
  /** How long the others may take to be in sync, and the cluster until it has missed the lost one. */
  readonly timeoutMs: number;
}

/** Removes the containers of a project, running or not, so that no start of the machine brings them back. `sh -c STOP sh FILTER…` */
const STOP = `
command -v docker >/dev/null || exit 0
ids=$(docker ps --all --quiet "$@") || exit
[ -z "$ids" ] || { docker stop --time 30 $ids && docker rm $ids; }`;

/** Brokers that have gone are missed after 9 seconds; one that was stopped in order, at once. */
const MISSED_MS = 30_000;

/**
 * Makes sure that a node may begin anew on another machine with the id of one that is lost. Two nodes of one id harm a cluster, and
 * nothing in Kafka refuses them; a controller that knows nothing yet may vote for one that knows too little. So the lost
 * machine is stopped if it can be reached, the cluster must miss its broker, and the other controllers must be caught up.
 */
export function replacementStep({ nodes, successor, openReplaced, timeoutMs }: ReplacementOptions): Step {
  const { nodeId } = successor.plan;
  const { name, inPlaceOf: old = '' } = successor.context.machine;
  const others = nodes.filter(node => node !== successor);
  let isDone = false;
  return {
    name: 'replacement',
    title: `Node ${nodeId} to ${name} in place of ${old}`,
    needs: ['ways'],
    async check() {
      return isDone
        ? satisfied(`nobody else is node ${nodeId}, and the others know all`)
        : notYet(`${name} is to be node ${nodeId}, which ${old} was`);
    },
    async foresee() {
      return [
        `${old} would be stopped if it can be reached; its data would stay there`,
        `node ${nodeId} would begin without data on ${name}, and be given what it had by the others`,
      ];
    },
    async apply(context) {
      await untilCaughtUp(context, others, timeoutMs);
      const isStopped = await stop(context, { successor, others, openReplaced });
      await untilMissed(context, others, { nodeId, old, isStopped });
      isDone = true;
    },
  };
}

interface StopOptions extends Pick<ReplacementOptions, 'successor' | 'openReplaced'> {
  readonly others: readonly ClusterNode[];
}

/** @returns whether the machine was reached @throws ActionError `replacement-refused` when it is not that node */
async function stop(
  { log, signal }: Context,
  { successor, others, openReplaced }: StopOptions,
): Promise<boolean> {
  const { inPlaceOf: old = '' } = successor.context.machine;
  const project = successor.project.name;
  let host: Host;
  try {
    host = await openReplaced();
  } catch (error) {
    signal.throwIfAborted();
    log.warning(
      `${old} was not reached (${reasonOf(error)}): that it is gone for good is your word. It must never come back as it was: two nodes of one id harm the cluster.`,
    );
    return false;
  }
  try {
    await refuseOther(host, { successor, others });
    log.info(`${old} is reached: its containers of ${project} are stopped and removed, its data stays`);
    const argv = ['sh', '-c', STOP, 'sh', ...withLabel('project', project)] as const;
    await mustRun(host, { argv, sudo: true });
    return true;
  } finally {
    await host.close();
  }
}

/** A name that is wrong by a digit must not stop a node of somebody else's. */
async function refuseOther(host: Host, { successor, others }: Omit<StopOptions, 'openReplaced'>) {
  const { project, plan, context } = successor;
  const place = { directory: project.directory, volume: `${project.name}_data` };
  const found = await readNodeData(host, { hasSudo: true }, place);
  if (found.nodeId === undefined) return;
  const clusterId = others.find(({ context: { machine } }) => machine.clusterId)?.context.machine.clusterId;
  if (found.nodeId === plan.nodeId && found.clusterId === clusterId) return;
  throw new ActionError(
    'replacement-refused',
    `${context.machine.inPlaceOf} is node ${found.nodeId} of cluster ${found.clusterId}, and node ${plan.nodeId} of cluster ${clusterId} is lost: nothing was stopped there`,
  );
}

const addressesOf = (nodes: readonly ClusterNode[]) => nodes.map(({ plan }) => `localhost:${plan.hostPort}`);

/** @throws ActionError `replacement-refused` while the cluster still has a broker of the id */
async function untilMissed(
  context: Context,
  others: readonly ClusterNode[],
  { nodeId, old, isStopped }: { nodeId: number; old: string; isStopped: boolean },
): Promise<void> {
  const { kafka, clock } = context;
  await poll(context, {
    what: `the cluster has no broker ${nodeId}`,
    endsAtMs: clock.now() + MISSED_MS,
    ask: () =>
      withAdmin(kafka.of(addressesOf(others)).admin({ retry: { retries: 0 } }), clock, async admin => {
        const { brokers } = await admin.describeCluster();
        if (brokers.some(broker => broker.nodeId === nodeId))
          throw new Error(`broker ${nodeId} still answers to the cluster`);
      }),
    notYet: reason => reason,
    late: (reason, cause) =>
      new ActionError(
        'replacement-refused',
        `${reason}, ${isStopped ? `although ${old} was stopped` : `and ${old} was not reached to stop it`}`,
        { cause },
      ),
  });
}

/** @throws ActionError `replacement-refused` unless all other controllers run and know what their leader knows */
async function untilCaughtUp(
  context: Context,
  others: readonly ClusterNode[],
  timeoutMs: number,
): Promise<void> {
  await poll(context, {
    what: 'the other controllers have a leader and are caught up',
    endsAtMs: context.clock.now() + timeoutMs,
    ask: async () => {
      const problem = await notCaughtUp(context, others);
      if (problem !== undefined) throw new Error(problem);
    },
    notYet: reason => reason,
    late: (reason, cause) =>
      new ActionError(
        'replacement-refused',
        `a controller without data is safe only beside others that know all, which is not so within ${formatDuration(timeoutMs)}: ${reason}`,
        { cause },
      ),
  });
}
