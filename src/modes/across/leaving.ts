import type { ListedMachine, MachinesConfig } from '../../config/machines-inputs.ts';
import { ActionError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import type { Logger } from '../../log.ts';
import type { Member } from '../../machine/members.ts';
import type { LeavingNode } from '../../steps/cluster/leaving-node.ts';
import { placed } from '../../steps/cluster/placed.ts';
import type { ClusterDeployOptions } from '../../steps/cluster/steps.ts';
import { downStepsOn } from '../down.ts';
import type { Run } from '../run.ts';
import { stage } from '../stage.ts';
import type { HeldMachine, Machines } from './machines.ts';
import { dataOf, type FoundMachine, look, membersOf } from './nodes.ts';

/** What is decided of the machines that leave, and how their brokers are reached until then. */
export interface Leaving {
  readonly steps: ClusterDeployOptions['leaving'];
  /** The machines of those that answer, by the id of their broker. */
  readonly hosts: ReadonlyMap<number, Host>;
}

const NOBODY: Leaving = { steps: undefined, hosts: new Map() };

/**
 * Finds out which brokers the machines that leave are: by their data, or, where one does not answer any more, by the address that the
 * cluster has noted of its broker.
 * @throws ActionError `node-cannot-leave` for one that decides for the cluster, that runs and cannot be reached, or of which nobody knows
 *   which it is; `machines-of-different-clusters`
 */
export async function planLeaving(
  run: Run,
  machines: Machines,
  { controllers, leaving: wanted }: MachinesConfig,
): Promise<Leaving> {
  if (!wanted) return NOBODY;
  const { leaving, unreached } = machines;
  const { log } = run.dependencies;
  const work = async () => {
    const staying = await Promise.all(machines.all.map(machine => look(machine, run.config)));
    const members = await membersOf(staying, run.config);
    const present = await Promise.all(
      leaving.map(held => leaveOf(held, { staying, members, controllers }, run, log)),
    );
    const known = [...staying, ...present.map(({ node }) => node)].flatMap(({ nodeId }) => nodeId ?? []);
    const rest = members?.filter(({ nodeId }) => !known.includes(nodeId));
    const silent = await Promise.all(
      unreached.map(({ listed }) => silentOf(listed, { staying, rest, controllers }, log)),
    );
    const hosts = present.flatMap(({ node: { nodeId }, host }) =>
      nodeId === undefined ? [] : [[nodeId, host] as const],
    );
    const nodes = [...present.map(({ node }) => node), ...silent];
    return { steps: { nodes, throttle: wanted.throttle }, hosts: new Map(hosts) };
  };
  return stage(run.dependencies, 'Machines that leave', work, ({ steps: { nodes } }) => `${nodes.length}`);
}

interface Known {
  readonly staying: readonly FoundMachine[];
  readonly controllers: number;
}

/** A machine that answers. */
async function leaveOf(
  held: HeldMachine,
  { staying, members, controllers }: Known & { readonly members: readonly Member[] | undefined },
  run: Run,
  log: Logger,
): Promise<{ readonly node: LeavingNode; readonly host: Host }> {
  const { listed, connected } = held;
  const [{ name }, { host }] = [listed, connected];
  const { nodeId, clusterId } = await dataOf(held, run.config);
  if (nodeId === undefined) {
    log.info(`${name}: no node of a cluster, nothing is to be done there`);
    return { node: { name, nodeId, down: [] }, host };
  }
  refuseStranger(name, clusterId, staying);
  // An id is given to another machine once its broker has left.
  const isGivenOn = staying.some(other => other.nodeId === nodeId);
  const isMember = !isGivenOn && (members?.some(member => member.nodeId === nodeId) ?? true);
  if (isMember) refuseController(name, nodeId, controllers);
  log.info(`${name}: node ${nodeId}${isMember ? '' : ', which is no member of the cluster any more'}`);
  const steps = await downStepsOn(connected, run.config);
  const down = steps.map(step => placed(step, { name, context: connected }));
  return { node: { name, nodeId: isMember ? nodeId : undefined, down }, host };
}

/** A machine that does not answer. */
async function silentOf(
  { name, connection }: ListedMachine,
  { staying, rest, controllers }: Known & { readonly rest: readonly Member[] | undefined },
  log: Logger,
): Promise<LeavingNode> {
  if (!rest)
    throw new ActionError(
      'node-cannot-leave',
      `${name} does not answer, and no node of the cluster runs that could say which one it was`,
      { hint: 'Deploy without remove-hosts first, so that the cluster runs, then let the machine leave.' },
    );
  const addresses = connection.kind === 'local' ? [] : await addressesOf(connection.target.host, staying);
  const member = rest.find(({ address }) => addresses.includes(address));
  if (!member && rest.length === 0) {
    log.info(
      `${name}: does not answer, and every member of the cluster is known: nothing is left to be done`,
    );
    return { name, nodeId: undefined, down: [] };
  }
  if (!member) {
    const others = rest.map(({ nodeId, address }) => `node ${nodeId} at ${address}`).join(', ');
    throw new ActionError(
      'node-cannot-leave',
      `${name} does not answer, and none of the brokers that no machine has is there: ${others}`,
      {
        hint: 'Of a machine that does not answer any more, give in remove-hosts the private address that its broker had.',
      },
    );
  }
  const { nodeId, isAlive } = member;
  refuseController(name, nodeId, controllers);
  if (isAlive)
    throw new ActionError(
      'node-cannot-leave',
      `${name} does not answer by SSH, and its broker, node ${nodeId}, runs: it cannot be stopped`,
      {
        hint: 'Make SSH work again, or stop the machine. A broker that has just failed counts as running for some ten seconds: then run again.',
      },
    );
  log.info(`${name}: node ${nodeId}, which does not run, on a machine that does not answer`);
  return { name, nodeId, down: [] };
}

/** The addresses that a name stands for on the machines of the cluster. */
async function addressesOf(name: string, [first]: readonly FoundMachine[]): Promise<string[]> {
  const found = await first?.held.connected.host.run({ argv: ['getent', 'ahosts', name] });
  const lines = found?.exitCode === 0 ? found.stdout.split('\n') : [];
  return [name, ...lines.flatMap(line => line.split(/\s/)[0] || [])];
}

function refuseStranger(name: string, clusterId: string | undefined, staying: readonly FoundMachine[]): void {
  const own = staying.find(other => other.clusterId !== undefined)?.clusterId;
  if (own === clusterId) return;
  throw new ActionError(
    'machines-of-different-clusters',
    `${name} is of cluster ${clusterId}, and the machines in host are of ${own === undefined ? 'none yet' : `cluster ${own}`}: nothing of it is touched`,
  );
}

function refuseController(name: string, nodeId: number, controllers: number): void {
  if (nodeId > controllers) return;
  throw new ActionError(
    'node-cannot-leave',
    `${name} has node ${nodeId}, one of the ${controllers} that decide for the cluster, and their number cannot be changed`,
    {
      hint: 'A machine of these can only be replaced by another one, which gets its node: replace: OLD=NEW.',
    },
  );
}
