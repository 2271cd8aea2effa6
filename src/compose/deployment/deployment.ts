import { dirname, join, relative } from 'node:path/posix';
import { ActionError } from '../../errors.ts';
import { type KafkaModel, readKafka } from '../kafka/kafka-model.ts';
import { type ComposeFile, type LoadOptions, loadCompose } from '../reader/load.ts';
import type { ComposeModel } from '../reader/model.ts';
import { textOf } from '../reader/named-file.ts';
import { type Cluster, clusterOf } from './cluster.ts';
import { type MachineView, machineView } from './machine-view.ts';
import { type Stack, stackOf } from './stack.ts';

/** What a deployment puts on the machine, and what it is. */
export interface Deployment {
  readonly stack: Stack;
  /** How the cluster that it makes is reached. */
  readonly cluster: Cluster;
  /** The compose files in the order in which Docker Compose reads them, by their paths in the project's directory. */
  readonly composeFiles: readonly string[];
  /** Texts of the compose files and of those that they name (`extends`, `env_file`, `.env`), by the same paths. */
  readonly files: ReadonlyMap<string, string>;
  /** Each thing whose name no second deployment on the same machine could have, as the beginning of a sentence. */
  readonly fixedNames: readonly string[];
}

/** The first file's name on the machine, whatever its own is: the guide's. */
const MAIN_FILE = 'docker-compose.yml';

/**
 * Reads compose files for a deployment.
 * @throws ActionError `compose-file-unsupported` that names everything the action cannot deploy or prove
 */
export function readDeployment(files: readonly ComposeFile[], options: LoadOptions = {}): Deployment {
  const { model, sources, view, cluster, unprovable, refusals } = readProject(files, options);
  const folder = dirname(files[0]?.path ?? '.');
  const first = files[0]?.path;
  const nameOf = (path: string) => (path === first ? MAIN_FILE : relative(folder, path));
  const texts = new Map([...sources].map(([path, source]) => [nameOf(path), source.text]));
  const variables = textOf(options.readFile?.(join(folder, '.env')));
  if (variables !== undefined) texts.set('.env', variables);
  const problems = [
    ...refusals,
    ...outsideProblems([...sources.keys()], folder),
    ...(new Set([...sources.keys()].map(nameOf)).size < sources.size
      ? [`the first file is called ${MAIN_FILE} on the machine, and so is another one`]
      : []),
    ...undeployable(model),
    ...unprovable,
  ];
  refuse(problems);
  return {
    stack: stackOf(model, view),
    cluster,
    composeFiles: files.map(({ path }) => nameOf(path)),
    files: texts,
    fixedNames: fixedNames(model),
  };
}

/**
 * Reads the cluster of a deployment that is there already from its compose files.
 * @throws ActionError `compose-file-unsupported` that names everything the action cannot prove
 */
export function readCluster(files: readonly ComposeFile[], options: LoadOptions): Cluster {
  const { cluster, unprovable } = readProject(files, options);
  refuse(unprovable);
  return cluster;
}

function readProject(files: readonly ComposeFile[], options: LoadOptions) {
  const { model: everything, sources, faults } = loadCompose(files, { ...options, purpose: 'use' });
  const model = withoutProfiles(everything);
  const kafka = readKafka(model);
  const view = machineView(model, kafka);
  const cluster = clusterOf(model, kafka, view);
  const refusals = faults.filter(({ kind }) => kind === 'file-refused').map(({ message }) => message);
  return { model, sources, view, cluster, unprovable: problemsOfProof(kafka, view), refusals };
}

function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new ActionError('compose-file-unsupported', problems.join('; '), {
    details: problems.length > 1 ? problems : [],
  });
}

function fixedNames({ services, volumes, networks }: ComposeModel): string[] {
  return [
    ...services.flatMap(({ name, containerName: fixed }) =>
      fixed && fixed.unresolved.length === 0 && fixed.contentStart !== undefined
        ? [`the container of service ${name} is called ${fixed.text}`]
        : [],
    ),
    ...[...volumes.values()].flatMap(({ name, fixedName }) =>
      fixedName === undefined ? [] : [`volume ${name} is called ${fixedName}`],
    ),
    ...[...networks.values()].flatMap(({ name, fixedName }) =>
      fixedName === undefined ? [] : [`network ${name} is called ${fixedName}`],
    ),
  ];
}

function outsideProblems(paths: readonly string[], folder: string): string[] {
  return paths
    .filter(path => relative(folder, path).startsWith('..'))
    .map(path => `${path} is not below the folder of the first compose file`);
}

/** Services with a profile are left out, as `up` leaves them out. */
export function withoutProfiles(model: ComposeModel): ComposeModel {
  return { ...model, services: model.services.filter(({ profiles }) => profiles.length === 0) };
}

function undeployable({ services, complete }: ComposeModel): string[] {
  return [
    ...services
      .filter(({ builds }) => builds)
      .map(({ name }) => `service ${name} is built from source, which is not on the machine: name an image`),
    ...(complete ? [] : ['it includes other files, which are not read: name them in compose-file']),
  ];
}

function problemsOfProof({ nodes }: KafkaModel, { brokers }: MachineView): string[] {
  const unreachable = brokers.filter(({ bootstrapServer }) => bootstrapServer === undefined);
  return [
    ...(brokers.length === 0 ? ['it has no Kafka broker that can be recognised'] : []),
    ...unreachable.map(
      ({ service }) =>
        `broker ${service} advertises no address that clients on the machine can use: localhost and a published port`,
    ),
    ...nodes
      .filter(({ isBroker }) => isBroker)
      .flatMap(({ service, advertised = [], protocols }) => {
        const address = brokers.find(broker => broker.service === service.name)?.bootstrapServer;
        const listener = advertised.find(({ host, port }) => `${host}:${port}` === address);
        const protocol = listener && protocols?.get(listener.name);
        return protocol && protocol !== 'PLAINTEXT'
          ? [`broker ${service.name} wants ${protocol} at ${address}: only PLAINTEXT can be tested`]
          : [];
      }),
  ];
}
