import { COMPOSE_PATH } from '../../src/machine/compose-project.ts';
import { recordPath } from '../../src/machine/deployment-records.ts';
import { HOME, type MachineState, PROJECT } from './machines.ts';
import { unknown } from './unknown.ts';

/** What a machine answers to one command. */
export interface Answer {
  readonly stdout?: string;
  readonly exitCode?: number;
}

/** Given to the action too, so that it asks nobody for it. */
export const COMPOSE_SHA256 = 'ab'.repeat(32);
const COMPOSE_URL = 'https://github.com/docker/compose/releases/download/v2.40.3/docker-compose-linux-x86_64';
/** The listener of the ways has this process id on every machine. */
export const LISTENER_PID = 4711;

const IMAGE_ID = `sha256:${'cd'.repeat(32)}`;
const CONTAINER_ID = 'ef'.repeat(32);
const BEGAN = '2026-01-01T00:00:00Z';
const BEGAN_S = Date.parse(BEGAN) / 1000;
const AUTHORITY = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const FACTS = [
  ...['id=amzn 2023', 'system=Amazon Linux 2023', 'architecture=x86_64', 'user=ec2-user', `home=${HOME}`],
  ...['sudo=yes', 'memory=16000', 'disk=40000', 'docker=yes', ''],
].join('\n');

type Respond = (program: string, stdin: string) => Answer;

/** What a machine says: a table, so that nothing runs. @returns what ends the process for a command that is not in it */
export function answersOf(machine: MachineState): Respond {
  const table: readonly (readonly [pattern: RegExp, respond: Respond])[] = [
    ...machineAnswers(machine),
    ...engineAnswers(machine),
    ...clusterAnswers(machine),
  ];
  return (program, stdin) => {
    const found = table.find(([pattern]) => pattern.test(program));
    return found ? found[1](program, stdin) : unknown(program);
  };
}

const say =
  (stdout: string): Respond =>
  () => ({ stdout });

type Answers = readonly (readonly [RegExp, Respond])[];

/** Of the system: facts, files, packages. */
function machineAnswers({ files, python, zone }: MachineState): Answers {
  const path = recordPath(HOME, PROJECT);
  const record = files.get(path);
  return [
    [/^\. \/etc\/os-release/m, say(FACTS)],
    [/flock -w 10 9/, program => ({ stdout: lockOf(program) })],
    [/^bytes=\$1$/m, program => ({ stdout: allFiles(files, program) })],
    [/ dd iflag=/, program => fileIn(files, / if=([^\s']+)/.exec(program)?.[1])],
    [/^for file in \*\.json; do/m, say(record === undefined ? '' : `${BEGAN_S} ${PROJECT}.json ${record}`)],
    [/^\[ -O \. \] && \[ -w \. \]/m, say('')],
    [
      / test -e (\S+) /,
      program => ({ exitCode: files.has(/ test -e (\S+) /.exec(program)?.[1] ?? '') ? 0 : 1 }),
    ],
    [/ rpm -q (\S+)/, say('installed-1.0\n')],
    [/ systemctl is-active docker /, say('active\n')],
    [/ systemctl is-enabled docker /, say('enabled\n')],
    [/\/kafka_env\/bin\/python -c/, say(python)],
    [/meta-data\/placement\/availability-zone/, say(zone)],
    [/^printf 'boot %s /m, say('')],
  ];
}

/** Of Docker and Docker Compose. */
function engineAnswers({ services, composeFiles, images }: MachineState): Answers {
  const files = composeFiles.join(',');
  const name = (service: string) => `${PROJECT}-${service}-1`;
  const rows = (cells: (service: string) => readonly string[]) =>
    say(services.map(service => `${cells(service).join('\t')}\n`).join(''));
  const inspected = services.map(service => `${JSON.stringify(inspectedAs(name(service), service))}\n`);
  return [
    [/^ids=\$\(docker ps --all --quiet/m, say(`boot 1 1\ntime ${BEGAN_S + 60}\n${inspected.join('')}`)],
    [
      / docker ps --all .*\{\{\.State\}\}/,
      rows(each => [name(each), each, 'hash', 'running', 'Up (healthy)', files]),
    ],
    [/ docker ps --all .*depends_on/, rows(each => [name(each), each, '', files])],
    [/ docker ps 2>/, say('CONTAINER ID\n')],
    [/ docker version --format /, say('25.0.8\n')],
    [/ docker network ls /, say('')],
    [
      / docker image inspect --format/,
      say(images.map(image => `${IMAGE_ID} ${image}@${IMAGE_ID}\n`).join('')),
    ],
    [/^tag="kafka-al2023-\$2"$/m, say('')],
    [/^others\(\) \{ stat /m, say(`noted ${COMPOSE_SHA256} ${COMPOSE_URL}\n`)],
    [/docker-compose version/, say('Docker Compose version v2.40.3\n')],
    [new RegExp(`${COMPOSE_PATH} .* config --hash `), rows(each => [`${each} hash`])],
  ];
}

const inspectedAs = (name: string, service: string) => ({
  ...{
    id: CONTAINER_ID,
    name: `/${name}`,
    service,
    createdAt: BEGAN,
    restarts: 0,
    memoryLimit: 0,
    mounts: [],
  },
  state: { Status: 'running', StartedAt: BEGAN, Health: { Status: 'healthy' } },
});

/** Of a node among others: its data, the ways, the certificates. */
function clusterAnswers({ address, files, nodeData, composeFiles: [file = ''] }: MachineState): Answers {
  const settings = files.get(file.replace(/[^/]+$/, '.env')) ?? '';
  return [
    [/^ip -4 -oneline address/m, say(`address ${address}\ndefault ${address}\n`)],
    [/^echo '\\''--- volume'\\''$/m, say(`${settings}\n--- volume\n${nodeData}`)],
    [
      /^import errno, json, os, select/m,
      say(`${JSON.stringify({ pid: LISTENER_PID, busy: [], wrong: null })}\n`),
    ],
    [/^from concurrent\.futures import ThreadPoolExecutor/m, (_, stdin) => ({ stdout: allOpen(stdin) })],
    [new RegExp(` kill ${LISTENER_PID} `), say('')],
    [/^authority=\$\(cat\)/m, say('until=Nov 27 00:00:00 2028 GMT\n')],
    [/^openssl x509 -in ca\.crt/m, say(AUTHORITY)],
    [/^for file in authority\/ca\.crt /m, say(AUTHORITY)],
    [/^made\(\) \{ stat /m, say('')],
  ];
}

function lockOf(program: string): string {
  const [, operation, token] = / sh (take|keep|release|look) (\S+)/.exec(program) ?? [];
  return operation === 'keep' ? 'state=kept\n' : `state=free\ntoken=${token}\n`;
}

function allOpen(order: string): string {
  const { targets } = JSON.parse(order) as { targets: unknown[] };
  return JSON.stringify(targets.map(() => 'open'));
}

function fileIn(files: ReadonlyMap<string, string>, path = ''): Answer {
  const text = files.get(path);
  return text === undefined ? { exitCode: 1 } : { stdout: text };
}

/** See `findTextFiles`: each file in Base64, and then what `dd` said of it. */
function allFiles(files: ReadonlyMap<string, string>, program: string): string {
  const paths = /^done' sh \d+ (.*?) 2>&3/m.exec(program)?.[1]?.split(' ') ?? [];
  const inLines = (text: string) => text.replaceAll(/.{1,76}/g, '$&\n');
  return paths
    .map(path => {
      const text = files.get(path);
      return text === undefined
        ? `said dd: failed to open '${path}': No such file or directory\n`
        : `${inLines(Buffer.from(text).toString('base64'))}said \n`;
    })
    .join('');
}
