import { dirname, isAbsolute, join, relative } from 'node:path/posix';
import type { Cluster, Member } from '../compose/deployment/cluster.ts';
import { readCluster } from '../compose/deployment/deployment.ts';
import type { ClusterAddress } from '../config/smoke-test-inputs.ts';
import type { Context } from '../context.ts';
import { ActionError, actionErrorIn, lastLines, reasonOf } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { withAdmin } from '../kafka/admin.ts';
import { type Machine, refuseWithoutSudo } from '../machine/facts.ts';
import type { ComposeProject } from './compose-project.ts';
import { columns, labelField, rowsOf, withLabel } from './docker-labels.ts';
import { explainForwardingBan } from './forwarding-ban.ts';

/**
 * A cluster that is known by its addresses alone: its brokers are those that the given ones name.
 * @throws ActionError `kafka-not-ready` when one of the addresses does not answer
 */
export async function clusterAt(
  { host, kafka, log, clock }: Context,
  { bootstrapServers, schemaRegistryUrl }: ClusterAddress,
): Promise<Cluster> {
  const answers = bootstrapServers.map(async address => {
    try {
      return await withAdmin(kafka.onlyTo(address).admin(), clock, admin => admin.describeCluster());
    } catch (cause) {
      const own = actionErrorIn(cause);
      if (own) throw await explainForwardingBan(host, own);
      const reason = reasonOf(cause);
      throw new ActionError('kafka-not-ready', `bootstrap server ${address}: ${reason}`, {
        cause,
        ...(/closed/i.test(reason) ? { hint: CLOSED } : {}),
      });
    }
  });
  const known = new Map<number, string>();
  for (const { brokers } of await Promise.all(answers))
    for (const { nodeId, host: name, port } of brokers) known.set(nodeId, `${name}:${port}`);
  const brokers = [...known]
    .toSorted(([a], [b]) => a - b)
    .map(([nodeId, address]) => ({ service: `broker-${nodeId}`, address }));
  for (const { service, address } of brokers) log.info(`${service} at ${address}`);
  const members: Member[] = brokers.map(broker => ({ ...broker, role: 'broker' }));
  if (schemaRegistryUrl !== undefined) {
    const address = new URL(schemaRegistryUrl).host;
    members.push({ service: 'schema-registry', role: 'schema-registry', address });
  }
  return {
    brokers,
    bootstrapServers: brokers.map(({ address }) => address),
    schemaRegistryUrl,
    members,
  };
}

const CLOSED =
  'A broker closes the connection of a client that does not speak as its listener wants it: compare security.protocol of client-properties (without it PLAINTEXT) with listener.security.protocol.map of the broker. Whether TLS is spoken there: openssl s_client -connect HOST:PORT </dev/null';

/**
 * The cluster of a Docker Compose project on the machine, read from the files that its containers were made from.
 * @throws ActionError `cluster-not-found`, `compose-file-unreadable` or `compose-file-unsupported`
 */
export async function clusterOfProject(
  { host, machine, log }: Context & { readonly machine: Machine },
  name: string,
): Promise<{ cluster: Cluster; project: ComposeProject }> {
  if (!machine.hasDocker) throw notFound(name, 'Docker is not installed');
  refuseWithoutSudo(machine);
  const projects = await listProjects(host);
  const project = projects.find(other => other.name === name);
  if (!project) {
    const names = projects.map(other => other.name);
    throw notFound(
      name,
      names.length > 0 ? `there are: ${names.join(', ')}` : 'there are no projects at all',
    );
  }
  for (const path of project.paths) log.info(`project ${name}: ${path}`);
  const [first = ''] = project.paths;
  const directory = dirname(first);
  const composeFiles = project.paths.map(path => relative(directory, path));
  return {
    cluster: await readFrom(host, name, project.paths),
    project: { name, directory, composeFiles },
  };
}

const notFound = (name: string, why: string) =>
  new ActionError(
    'cluster-not-found',
    `no container of the Docker Compose project ${name} is on the machine: ${why}`,
  );

interface FoundProject {
  readonly name: string;
  /** Of its compose files, absolute. */
  readonly paths: readonly string[];
}

async function listProjects(host: Host): Promise<FoundProject[]> {
  const fields = (['project', 'project.working_dir', 'project.config_files'] as const).map(labelField);
  const { exitCode, stdout, stderr } = await host.run({
    argv: ['docker', 'ps', '--all', ...withLabel('project'), '--format', columns(...fields)],
    sudo: true,
    isLook: true,
  });
  if (exitCode !== 0) {
    throw new ActionError('docker-not-running', 'docker ps does not answer', {
      details: lastLines(stderr, 5),
    });
  }
  const projects = new Map<string, FoundProject>();
  for (const [name = '', folder = '', files = ''] of rowsOf(stdout)) {
    const paths = files.split(',').map(path => (isAbsolute(path) ? path : join(folder, path)));
    if (!projects.has(name)) projects.set(name, { name, paths });
  }
  return [...projects.values()];
}

/** Bytes of a file that is read as root because a label or a compose file names it: whoever wrote that is a stranger. */
const LONGEST_FILE = 1024 * 1024;
/** `sh -c READ sh PATH`: a FIFO or a device is not waited for. */
const READ = `[ -f "$1" ] && exec head -c ${LONGEST_FILE + 1} -- "$1"`;

/** Reads compose files on the machine, and then what they name, until nothing more is asked for. */
async function readFrom(host: Host, name: string, paths: readonly string[]): Promise<Cluster> {
  const texts = new Map<string, string | undefined>();
  const fetch = async (path: string) => {
    const { exitCode, stdout } = await host.run({
      argv: ['sh', '-c', READ, 'sh', path],
      sudo: true,
      isLook: true,
    });
    if (Buffer.byteLength(stdout) > LONGEST_FILE) throw tooLong(name, path);
    texts.set(path, exitCode === 0 ? stdout : undefined);
  };
  await Promise.all(paths.map(fetch));
  const gone = paths.filter(path => texts.get(path) === undefined);
  if (gone.length > 0) {
    throw new ActionError(
      'compose-file-unreadable',
      `project ${name} was made from ${gone.join(', ')}, which is not on the machine any more`,
      { hint: 'Deploy again, or name the cluster by bootstrap-servers.' },
    );
  }
  const files = paths.map(path => ({ path, text: texts.get(path) ?? '' }));
  for (;;) {
    const asked = new Set<string>();
    const readFile = (path: string) => {
      if (!texts.has(path)) asked.add(path);
      return texts.get(path);
    };
    const read = () => readCluster(files, { readFile });
    const tried = attempt(read);
    if (asked.size === 0) return tried();
    await Promise.all([...asked].map(fetch));
  }
}

const tooLong = (name: string, path: string) =>
  new ActionError(
    'compose-file-unreadable',
    `project ${name} names ${path}, which has more than ${LONGEST_FILE} bytes: nothing of it is read`,
    { hint: 'Name the cluster by bootstrap-servers.' },
  );

/** What a function returns or throws, for later. */
function attempt<T>(work: () => T): () => T {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
