import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Deployment, readDeployment } from '../../src/compose/deployment/deployment.ts';
import { newClusterId, planNodes } from '../../src/compose/deployment/node-plan.ts';
import { recordPath } from '../../src/machine/deployment-records.ts';
import { TRUST_FILES } from '../../src/steps/cluster/certificates.ts';
import { CLIENT_FILES } from '../../src/steps/deploy/clients.ts';
import { VIRTUAL_ENVIRONMENT } from '../../src/steps/deploy/virtual-environment.ts';

export const HOME = '/home/ec2-user';
export const PROJECT = 'docker_exp';
const DIRECTORY = `${HOME}/${PROJECT}`;
/** Where there are three availability zones, as in most regions. */
const ZONES = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];

/** A machine on which nothing is left to do. */
export interface MachineState {
  readonly address: string;
  readonly zone: string;
  /** Text by absolute path. */
  readonly files: ReadonlyMap<string, string>;
  /** The containers, by their services; none after mode `down`. */
  readonly services: readonly string[];
  readonly composeFiles: readonly string[];
  readonly images: readonly string[];
  /** What Kafka's volume says of itself. */
  readonly nodeData: string;
  /** What the virtual environment says of itself: see virtual-environment.ts. */
  readonly python: string;
  /** The ports at 127.0.0.1 at which its brokers and its registry are. */
  readonly brokerPorts: readonly number[];
  readonly registryPort: number | undefined;
}

/**
 * A deployed cluster: on one machine the stack `kraft`, on several a node on each.
 * @param isUp whether its containers run; otherwise there are none, as after mode `down`
 */
export function clusterOf(count: number, isUp: boolean): MachineState[] {
  const clusterId = newClusterId();
  const addresses = Array.from({ length: count }, (_, index) => `10.0.0.${index + 1}`);
  const zoneAt = (index: number) => ZONES[index % ZONES.length] ?? '';
  const deployments = count === 1 ? [onOneMachine()] : nodesAt(addresses, clusterId, zoneAt);
  return deployments.map((deployment, index) => {
    const state = stateOf(deployment, count === 1 ? [] : TRUST_FILES);
    const nodeData = `node.id=${index + 1}\ncluster.id=${clusterId}\n`;
    const found = { ...state, address: addresses[index] ?? '', zone: zoneAt(index), nodeData };
    if (isUp) return found;
    return { ...found, services: [], brokerPorts: [], registryPort: undefined, files: withoutRecord(found) };
  });
}

const read = (path: string) => readFileSync(path, 'utf8');

const onOneMachine = (): Deployment =>
  readDeployment([{ path: 'docker-compose.yml', text: read('stacks/kraft/docker-compose.yml') }]);

function nodesAt(
  addresses: readonly string[],
  clusterId: string,
  zoneAt: (index: number) => string,
): Deployment[] {
  const machines = addresses.map((address, index) => ({
    ...{ name: address, address, nodeId: index + 1, clusterId, rack: zoneAt(index) },
  }));
  const stack = {
    node: read('stacks/kraft-node/docker-compose.yml'),
    registry: read('stacks/kraft-node/docker-compose.schema-registry.yml'),
    rack: read('stacks/kraft-node/docker-compose.rack.yml'),
  };
  return planNodes(machines, { controllers: 3, stack, newClusterId }).map(({ composeFiles, files }) => {
    const texts = composeFiles.map(path => ({ path, text: files.get(path) ?? '' }));
    return readDeployment(texts, { readFile: path => files.get(path) });
  });
}

/** @param furtherFiles those that a node of several machines has besides */
function stateOf(
  { stack, cluster, composeFiles, files }: Deployment,
  furtherFiles: readonly string[],
): Omit<MachineState, 'address' | 'zone' | 'nodeData'> {
  const record = {
    ...{ version: 1, project: PROJECT, directory: DIRECTORY },
    files: [...files.keys(), ...CLIENT_FILES, VIRTUAL_ENVIRONMENT, ...furtherFiles],
    services: stack.services,
    portShift: 0,
    ports: stack.publishedPorts.map(({ port }) => port),
  };
  const clients = CLIENT_FILES.map(name => [name, read(`client/${name}`)] as const);
  const inDirectory = [...files, ...clients].map(([name, text]) => [`${DIRECTORY}/${name}`, text] as const);
  const portOf = (address: string) => Number(address.slice(address.lastIndexOf(':') + 1));
  return {
    files: new Map([...inDirectory, [recordPath(HOME, PROJECT), `${JSON.stringify(record)}\n`]]),
    services: stack.services,
    composeFiles: composeFiles.map(file => `${DIRECTORY}/${file}`),
    images: stack.images,
    python: pythonOutput(),
    brokerPorts: cluster.brokers.map(({ address }) => portOf(address)),
    registryPort: cluster.schemaRegistryUrl ? portOf(cluster.schemaRegistryUrl) : undefined,
  };
}

function withoutRecord({ files }: Pick<MachineState, 'files'>): ReadonlyMap<string, string> {
  return new Map([...files].filter(([path]) => path !== recordPath(HOME, PROJECT)));
}

function pythonOutput(): string {
  const version = /^kafka-python==(\S+)/m.exec(read('client/requirements.txt'))?.[1];
  const codecs = createHash('sha256').update(read('client/requirements-codecs.txt')).digest('hex');
  return `${version} 3.9.23\n${codecs.slice(0, 16)}\n\n`;
}
