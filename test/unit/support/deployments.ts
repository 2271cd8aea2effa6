import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Clients } from '../../../src/steps/deploy/clients.ts';
import type { Script } from './scripted-host.ts';

/** The stack of the action, as its file is. */
export const STACK = readFileSync('stacks/zookeeper/docker-compose.yml', 'utf8');
/** The same for a cluster in memory, which has no schema registry. */
export const STACK_IN_MEMORY = STACK.replace(/\n {2}schema-registry:[\s\S]*?\nvolumes:/, '\nvolumes:');

export const CLIENTS: Clients = {
  producer: 'p\n',
  consumer: 'c\n',
  settings: readFileSync('client/client_settings.py', 'utf8'),
  requirements: readFileSync('client/requirements.txt', 'utf8'),
  codecs: readFileSync('client/requirements-codecs.txt', 'utf8'),
};
/** Of the library that the pair uses. */
export const KAFKA_PYTHON = /^kafka-python==(\S+)/m.exec(CLIENTS.requirements)?.[1] ?? '';
/** The note of an attempt to install the codecs, of which none is missing. */
export const CODECS_TRIED = createHash('sha256').update(CLIENTS.codecs).digest('hex').slice(0, 16);
const OFFSETS = { 0: [[0, 9]] };

/** How a file of text is read on a machine. */
const reading = (path: string) => new RegExp(`^dd .* if=${path.replaceAll('.', '\\.')}$`);

/** How several are read by one command, and the answer. */
function readTogether(directory: string, files: Readonly<Record<string, string>>): Script[number] {
  const paths = Object.keys(files).map(name => ` ${directory}/${name}`);
  const answers = Object.values(files).map(text => `${Buffer.from(text).toString('base64')}\nsaid \n`);
  const words = paths.join('').replaceAll('.', '\\.');
  return [new RegExp(`^sh -c \nexec 3>&1[^]* sh \\d+${words}$`), { stdout: answers.join('') }];
}

/** The Python pair in its directory, with ten messages that it sends and gets back. */
export const pairIn = (directory: string): Script => [
  readTogether(directory, {
    'producer.py': CLIENTS.producer,
    'consumer.py': CLIENTS.consumer,
    'client_settings.py': CLIENTS.settings,
    'requirements.txt': CLIENTS.requirements,
  }),
  [/\bimport pathlib, platform, sys\b/, { stdout: `${KAFKA_PYTHON} 3.9.16\n${CODECS_TRIED}\n\n` }],
  [/ producer\.py /, { stdout: JSON.stringify({ acknowledged: 10, problem: null, offsets: OFFSETS }) }],
  [/ consumer\.py /, { stdout: JSON.stringify({ received: 10, others: 0, offsets: OFFSETS }) }],
];

const SERVICES = ['zookeeper', 'kafka-broker-1', 'kafka-broker-2', 'kafka-broker-3', 'schema-registry'];

/** Everything of a deployment without an environment; other commands print a version. */
export function deployedIn(directory: string, composeFile = STACK): Script {
  const services = SERVICES.filter(service => composeFile.includes(`\n  ${service}:`));
  const rows = (row: (service: string) => string) => services.map(service => `${row(service)}\n`).join('');
  return [
    readTogether(directory, { 'docker-compose.yml': composeFile }),
    [reading(`${directory}/docker-compose.yml`), { stdout: composeFile }],
    ...pairIn(directory),
    [/ config --hash /, { stdout: rows(service => `${service} hash`) }],
    [
      /^docker ps --all /,
      { stdout: rows(service => `k-${service}\t${service}\thash\trunning\tUp (healthy)`) },
    ],
    [/^ss /, 0],
    [/^docker image inspect /, 0],
    [/^sh -c \nothers\(\)/, 0],
    [/./, { stdout: '25.0.8\n' }],
  ];
}
