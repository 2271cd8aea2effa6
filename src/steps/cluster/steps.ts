import type { Config } from '../../config/config.ts';
import type { RebalanceConfig } from '../../config/rebalance-inputs.ts';
import type { Host } from '../../host/host.ts';
import type { WantedSchema } from '../../kafka/registry/wanted-schemas.ts';
import type { WayEnd } from '../../machine/ways/try-ways.ts';
import type { Clients } from '../deploy/clients.ts';
import { pythonPackageStep } from '../deploy/python-package.ts';
import { stackStep } from '../deploy/stack.ts';
import { clientSteps, clusterSteps, machineSteps } from '../deploy/steps.ts';
import type { SmokeTestOptions } from '../smoke-test/options.ts';
import type { Step, StepName } from '../step.ts';
import { Authority, authorityStep } from './authority.ts';
import { certificateUseStep } from './certificate-use.ts';
import { certificateStep, clientCertificateStep, TRUST_FILES } from './certificates.ts';
import { leaveSteps } from './leave.ts';
import { idsOf, type LeavingNode } from './leaving-node.ts';
import { membersStep, PATIENCE_MS } from './members.ts';
import { type ClusterNode, clusterOfNodes, firstNode } from './node.ts';
import { opensslPackageStep } from './openssl-package.ts';
import { placed } from './placed.ts';
import { rebalanceStep } from './rebalance.ts';
import { replacementStep } from './replacement.ts';
import { isRunningChanged, rollingChangeStep } from './rolling-change.ts';
import { sideBySide } from './side-by-side.ts';
import { type WaysOptions, waysStep } from './ways.ts';

export interface ClusterDeployOptions {
  readonly nodes: readonly ClusterNode[];
  readonly clients: Clients;
  /** Address of the workflow run, if there is one. */
  readonly run: string | undefined;
  readonly schemas: readonly WantedSchema[];
  readonly note: SmokeTestOptions['note'];
  readonly noteWays?: WaysOptions['note'];
  /** How the partitions are spread, when they are to be. */
  readonly rebalance?: RebalanceConfig | undefined;
  /** The nodes that leave, and at how many bytes a second their partitions are copied. */
  readonly leaving?: { readonly nodes: readonly LeavingNode[]; readonly throttle: number } | undefined;
  /** Connects to the machine whose node another one takes over. */
  readonly openReplaced?: () => Promise<Host>;
}

/**
 * The steps of a deployment over several machines: those of one machine on each of them, and between them what the cluster needs.
 * Machines wait for each other three times: nothing is placed before every way is known to be open, no node starts before the cluster
 * has its authority, and nothing is asked of Kafka before every node is up.
 */
export function clusterDeploySteps(config: Config, options: ClusterDeployOptions): Step[] {
  const { nodes, clients, run, schemas, note, noteWays, rebalance, leaving, openReplaced } = options;
  const successor = nodes.find(({ context }) => context.machine.inPlaceOf !== undefined);
  const first = firstNode(nodes);
  const cluster = clusterOfNodes(nodes);
  const { bootstrapServers } = cluster;
  const { timeoutMs } = config.smokeTest;
  const authority = new Authority(first.context.host, placeOf(first));
  // A machine that has no proxy of an earlier run says so.
  const hasProxy = nodes.some(({ facts }) => facts.hasProxy);
  const on = (node: ClusterNode, steps: readonly Step[]) =>
    steps.map(step => placed(step, { name: node.context.machine.name, context: node.context }));
  const onEach = (stepsOn: (node: ClusterNode) => readonly Step[]) =>
    sideBySide(nodes.map(node => on(node, stepsOn(node))));
  const stepsOf = ({ deployment, project, facts }: ClusterNode) =>
    machineSteps(config, {
      ...{ deployment, project, run, portShift: 0, furtherFiles: TRUST_FILES },
      machine: { ...facts, hasProxy },
    });
  const [ready, ...made] = clusterSteps(config, { project: undefined, cluster, schemas, note }).map(
    afterRestarts,
  );
  const leave = leaving
    ? leaveSteps({ nodes, leaving: leaving.nodes, throttle: leaving.throttle, timeoutMs })
    : [];
  const isFirst = ({ name }: Step) => name === 'machine';
  return [
    ...onEach(node => stepsOf(node).filter(isFirst)),
    waysStep({ ends: nodes.map(endOf), authority: () => authority.everTrusted(), note: noteWays }),
    ...(successor && openReplaced ? [replacementStep({ nodes, successor, openReplaced, timeoutMs })] : []),
    ...onEach(node => stepsOf(node).filter(step => !isFirst(step) && step.name !== 'stack')).map(
      afterAll(successor ? ['ways', 'replacement'] : ['ways']),
    ),
    ...onEach(() => [opensslPackageStep(['docker-package'])]),
    ...on(first, [authorityStep(authority, first.project.name)]),
    ...onEach(node => [certificateOf(node, authority)]),
    ...onEach(node => [startTogether(stackOf(node))]),
    // yum holds a lock: one installation at a time.
    ...on(first, [pythonPackageStep(['openssl-package'])]),
    ...pairSteps(nodes, clients),
    rollingChangeStep({ nodes, bootstrapServers, timeoutMs }),
    certificateUseStep({ nodes, bootstrapServers, timeoutMs }),
    membersStep({
      ...{ nodes, leaving: idsOf(leaving?.nodes ?? []), needs: ['stack', 'certificate-use'] },
      patienceMs: PATIENCE_MS[config.mode === 'plan' ? 'plan' : 'deploy'],
    }),
    ...(ready ? [ready] : []),
    ...leave,
    ...made.map(after(leave)),
    ...(rebalance ? [rebalanceStep({ nodes, timeoutMs, ...rebalance })].map(after(leave)) : []),
  ];
}

/** What asks Kafka something waits until no node is restarted for its certificate, and until it is known who would be asked. */
const afterRestarts = (step: Step): Step =>
  step.name === 'kafka-ready' ? { ...step, needs: [...step.needs, 'certificate-use', 'members'] } : step;

/** What is made in the cluster is not put on brokers that leave, and what is spread is spread without them. */
const after =
  (leave: readonly Step[]) =>
  (step: Step): Step => {
    if (!leave.some(({ name }) => name === 'unregister')) return step;
    const reads = step.name === 'rebalance' ? (['unregister'] as const) : [];
    return { ...step, needs: [...step.needs, 'unregister'], reads: [...(step.reads ?? []), ...reads] };
  };

/** What the Python pair needs, on the machine of the first node. */
export function pairSteps(nodes: readonly ClusterNode[], clients: Clients): Step[] {
  const { facts, project, context } = firstNode(nodes);
  const place = { home: facts.home, directory: project.directory };
  const authority = new Authority(context.host, place);
  return [
    ...clientSteps(place.home, place.directory, clients),
    clientCertificateStep({ ...place, authority }),
  ].map(step => placed(step, { name: context.machine.name, context }));
}

/** What follows the first step of a machine changes it. */
const afterAll =
  (names: readonly StepName[]) =>
  (step: Step): Step =>
    step.needs.includes('machine') ? { ...step, needsOnAll: names } : step;

const endOf = ({ context: { host, machine }, plan }: ClusterNode): WayEnd => ({
  ...{ name: machine.name, host, address: machine.address, ports: plan.clusterPorts },
});

/** A node that is alone waits for the others, and counts as sick when that takes long: all of them start when all of them can. */
const startTogether = (step: Step): Step => ({ ...step, needsOnAll: ['images', 'certificate'] });

/** A node that runs is changed in its turn: see rolling-change.ts. */
const stackOf = ({ project, deployment: { stack, cluster } }: ClusterNode): Step =>
  stackStep(project, stack, cluster.members, isRunningChanged);

const placeOf = ({ facts: { home }, project: { directory } }: ClusterNode) => ({ home, directory });

const certificateOf = (node: ClusterNode, authority: Authority): Step =>
  certificateStep({
    ...placeOf(node),
    ...{ authority, nodeId: node.plan.nodeId, address: node.context.machine.address },
  });
