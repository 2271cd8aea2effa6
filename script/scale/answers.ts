import { readFileSync } from 'node:fs';
import { newClusterId, planNodes } from '../../src/compose/deployment/node-plan.ts';

/** What a machine answers to one command. */
export interface Answer {
  readonly stdout?: string;
  readonly exitCode?: number;
}

/** Given to the action too, so that it asks nobody for it. */
export const COMPOSE_SHA256 = 'ab'.repeat(32);
/** The listener of the ways has this process id on every machine. */
export const LISTENER_PID = 4711;

const HOME = '/home/ec2-user';
const DIRECTORY = `${HOME}/docker_exp`;
const read = (path: string) => readFileSync(path, 'utf8');
const AUTHORITY = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const FACTS = [
  ...['id=amzn 2023', 'system=Amazon Linux 2023', 'architecture=x86_64', 'user=ec2-user', `home=${HOME}`],
  ...['sudo=yes', 'memory=16000', 'disk=40000', 'docker=yes', ''],
].join('\n');

/** Machines on which everything is in place but the containers, which are stopped: nothing is asked of a Kafka then. */
export function clusterOf(count: number): ((program: string, stdin: string) => Answer)[] {
  const clusterId = newClusterId();
  const addresses = Array.from({ length: count }, (_, index) => `10.0.0.${index + 1}`);
  const machines = addresses.map((address, index) => ({
    name: address,
    address,
    nodeId: index + 1,
    clusterId,
  }));
  const stack = {
    node: read('stacks/kraft-node/docker-compose.yml'),
    registry: read('stacks/kraft-node/docker-compose.schema-registry.yml'),
    rack: read('stacks/kraft-node/docker-compose.rack.yml'),
  };
  const files =
    count === 1
      ? [new Map([['docker-compose.yml', read('stacks/kraft/docker-compose.yml')]])]
      : planNodes(machines, { controllers: 3, stack, newClusterId }).map(plan => plan.files);
  return addresses.map((address, index) => {
    const data = `node.id=${index + 1}\ncluster.id=${clusterId}\n`;
    return answersOf(address, withClients(files[index] ?? new Map()), data);
  });
}

function withClients(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const clients = ['producer.py', 'consumer.py', 'client_settings.py', 'requirements.txt'];
  const all = [...files, ...clients.map(name => [name, read(`client/${name}`)] as const)];
  return new Map(all.map(([name, text]) => [`${DIRECTORY}/${name}`, text]));
}

/** @param data what Kafka's volume says of itself */
function answersOf(address: string, files: ReadonlyMap<string, string>, data: string) {
  const table: readonly (readonly [RegExp, (program: string, stdin: string) => Answer])[] = [
    [/^\. \/etc\/os-release/m, () => ({ stdout: FACTS })],
    [/flock -w 10 9/, program => ({ stdout: lockOf(program) })],
    [/^ip -4 -oneline address/m, () => ({ stdout: `address ${address}\ndefault ${address}\n` })],
    [/--- volume/, () => ({ stdout: `${files.get(`${DIRECTORY}/.env`) ?? ''}\n--- volume\n${data}` })],
    [/^import errno, json, os, select/m, () => ({ stdout: listening() })],
    [/^from concurrent\.futures import ThreadPoolExecutor/m, (_, stdin) => ({ stdout: allOpen(stdin) })],
    [/ dd iflag=/, program => fileIn(files, / if=([^\s']+)/.exec(program)?.[1])],
    [/ rpm -q (\S+)/, () => ({ stdout: 'installed-1.0\n' })],
    [/ sha256sum -- /, () => ({ stdout: `${COMPOSE_SHA256}  -\n` })],
    [/docker-compose version/, () => ({ stdout: 'Docker Compose version v2.40.3\n' })],
    [/ config --hash /, () => ({ stdout: 'kafka hash\n' })],
    [/^authority=\$\(cat\)/m, () => ({ stdout: 'until=Nov 27 00:00:00 2028 GMT\n' })],
    [/^openssl x509 -in ca\.crt/m, () => ({ stdout: AUTHORITY })],
  ];
  return (program: string, stdin: string): Answer =>
    table.find(([pattern]) => pattern.test(program))?.[1](program, stdin) ?? {};
}

function lockOf(program: string): string {
  const [, operation, token] = / sh (take|keep|release|look) (\S+)/.exec(program) ?? [];
  return operation === 'keep' ? 'state=kept\n' : `state=free\ntoken=${token}\n`;
}

const listening = () => `${JSON.stringify({ pid: LISTENER_PID, busy: [], wrong: null })}\n`;

function allOpen(order: string): string {
  const { targets } = JSON.parse(order) as { targets: unknown[] };
  return JSON.stringify(targets.map(() => 'open'));
}

function fileIn(files: ReadonlyMap<string, string>, path = ''): Answer {
  const text = files.get(path);
  return text === undefined ? { exitCode: 1 } : { stdout: text };
}
