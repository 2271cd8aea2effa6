import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ActionError } from '../../../src/errors.ts';
import { FirstKeys } from '../../../src/host/ssh/first-keys.ts';
import { clusterAt, clusterOfProject } from '../../../src/machine/find-cluster.ts';
import type { Connected } from '../../../src/modes/session.ts';
import { SimulatedClock } from '../support/clocks.ts';
import { MemoryHost } from '../support/memory-host.ts';
import { type Faults, MemoryCluster, SERVERS } from '../support/memory-kafka.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { PASSED } from '../support/reports.ts';
import type { Answer, Script } from '../support/scripted-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const { machine: facts = expect.unreachable('the sample has a machine') } = PASSED;

function session(script: Script, { machine = {}, faults = {} }: { machine?: object; faults?: Faults } = {}) {
  const [clock, log] = [new SimulatedClock(), new RecordingLog()];
  const cluster = new MemoryCluster(clock, faults);
  const host = new MemoryHost(script, cluster, () => {});
  const signal = new AbortController().signal;
  const known: Connected = {
    ...{
      host,
      kafka: cluster.clients,
      log,
      clock,
      signal,
      firstKeys: new FirstKeys(),
      env: {},
      runId: 'ab12',
      startedAt: new Date(0),
    },
    machine: { ...facts, hasDocker: true, ...machine },
  };
  return { host, log, cluster, known };
}

/** How a file is read that a stranger names: as root, no FIFO, no device, and no more than a bound. */
const READ = 'sh -c [ -f "$1" ] && exec head -c 1048577 -- "$1" sh';

/** A container as `docker ps` shows its project. */
const row = (project: string, folder: string, files: string) => `${project}\t${folder}\t${files}\n`;
const broker = (more: object = {}, environment: object = {}) => ({
  image: 'confluentinc/cp-kafka:7.9.2',
  ports: ['127.0.0.1:9094:9094'],
  ...more,
  environment: {
    KAFKA_ZOOKEEPER_CONNECT: 'zk.example:2181',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'IN:PLAINTEXT,OUT:PLAINTEXT',
    KAFKA_ADVERTISED_LISTENERS: 'IN://kafka:9092,OUT://localhost:9094',
    ...environment,
  },
});
const text = (services: object) => stringify({ services }, { lineWidth: 0 });

/** A machine with these projects and files. */
function projects(rows: readonly string[], files: Readonly<Record<string, string>> = {}, more: object = {}) {
  const script: Script = [
    [/^docker ps /, { stdout: rows.join('') }],
    ...Object.entries(files).map(([path, stdout]) => [`${READ} ${path}`, { stdout }] as const),
    [/ head -c /, { exitCode: 1 }],
  ];
  return session(script, more);
}
const read = (host: MemoryHost) =>
  host.ran.filter(words => words.includes(READ)).map(words => words.replace(`sudo ${READ} `, ''));

describe('the cluster of a project on the machine', () => {
  it('is found by the labels of its containers, and read from the file that these name, as root', async () => {
    const { host, log, known } = projects(
      [
        row('other', '/srv/other', '/srv/other/compose.yml'),
        row('kafka', '/srv/kafka', '/srv/kafka/compose.yml'),
        row('kafka', '/srv/kafka', '/srv/kafka/compose.yml'),
      ],
      { '/srv/kafka/compose.yml': text({ kafka: broker() }) },
    );
    const { cluster, project } = await clusterOfProject(known, 'kafka');
    expect(project).toEqual({ name: 'kafka', directory: '/srv/kafka', composeFiles: ['compose.yml'] });
    expect(cluster.bootstrapServers).toEqual(['localhost:9094']);
    expect(host.ran[0]).toMatch(
      /^sudo docker ps --all --filter label=com\.docker\.compose\.project --format /,
    );
    expect(host.ran.slice(1)).toEqual(
      ['/srv/kafka/compose.yml', '/srv/kafka/.env'].map(path => `sudo ${READ} ${path}`),
    );
    expect(log.lines).toEqual(['info project kafka: /srv/kafka/compose.yml']);
  });

  it('may have files with relative paths, which start in the folder of its labels', async () => {
    const rows = [row('kafka', '/srv/kafka', 'compose.yml')];
    const { known } = projects(rows, { '/srv/kafka/compose.yml': text({ kafka: broker() }) });
    expect((await clusterOfProject(known, 'kafka')).project).toMatchObject({
      ...{ directory: '/srv/kafka', composeFiles: ['compose.yml'] },
    });
  });

  it('may have several files, in order, also outside of its folder', async () => {
    const rows = [row('kafka', '/srv/kafka', '/srv/kafka/a.yml,/srv/kafka/more/b.yml,/etc/c.yml')];
    const { known } = projects(rows, {
      '/srv/kafka/a.yml': text({ kafka: broker() }),
      '/srv/kafka/more/b.yml': text({ kafka: { ports: ['127.0.0.1:9095:9095'] } }),
      '/etc/c.yml': text({
        kafka: { environment: { KAFKA_ADVERTISED_LISTENERS: 'IN://kafka:9092,OUT://localhost:9095' } },
      }),
    });
    const { cluster, project } = await clusterOfProject(known, 'kafka');
    expect(cluster.bootstrapServers).toEqual(['localhost:9095']);
    expect(project).toEqual({
      ...{ name: 'kafka', directory: '/srv/kafka' },
      composeFiles: ['a.yml', 'more/b.yml', '../../etc/c.yml'],
    });
  });

  it('is complete with what its files name, and what that names, each read once', async () => {
    const rows = [row('kafka', '/srv/kafka', '/srv/kafka/compose.yml')];
    const port = `\${PORT:-9094}`;
    const { KAFKA_ADVERTISED_LISTENERS: _, ...environment } = broker().environment;
    const { host, known } = projects(rows, {
      '/srv/kafka/.env': 'PORT=9294\n',
      '/srv/kafka/compose.yml': text({
        kafka: {
          extends: { file: 'base/common.yml', service: 'node' },
          ports: [`127.0.0.1:${port}:${port}`],
        },
      }),
      '/srv/kafka/base/common.yml': text({ node: { extends: { file: 'deeper.yml', service: 'node' } } }),
      '/srv/kafka/base/deeper.yml': text({
        node: { image: 'confluentinc/cp-kafka:7.9.2', env_file: 'broker.env', environment },
      }),
      '/srv/kafka/base/broker.env': `KAFKA_ADVERTISED_LISTENERS=IN://kafka:9092,OUT://localhost:${port}\n`,
    });
    const { cluster } = await clusterOfProject(known, 'kafka');
    expect(cluster.bootstrapServers).toEqual(['localhost:9294']);
    expect(read(host).toSorted()).toEqual(
      ['.env', 'base/broker.env', 'base/common.yml', 'base/deeper.yml', 'compose.yml'].map(
        name => `/srv/kafka/${name}`,
      ),
    );
  });

  it('does without files that are named and not there, if it can be proven so', async () => {
    const rows = [row('kafka', '/srv/kafka', '/srv/kafka/compose.yml')];
    const { known } = projects(rows, {
      '/srv/kafka/compose.yml': text({ kafka: broker({ env_file: 'gone.env' }) }),
    });
    expect((await clusterOfProject(known, 'kafka')).cluster.bootstrapServers).toEqual(['localhost:9094']);
  });
});

describe('a cluster of a project that cannot be proven', () => {
  it('is not known by this name: the others are told', async () => {
    const { known } = projects([
      row('a', '/a', '/a/c.yml'),
      row('b', '/b', '/b/c.yml'),
      row('a', '/a', '/a/c.yml'),
    ]);
    expect(await actionErrorOf(() => clusterOfProject(known, 'kafka'))).toMatchObject({
      code: 'cluster-not-found',
      message: 'no container of the Docker Compose project kafka is on the machine: there are: a, b',
    });
  });

  it('is not there, nor is any other', async () => {
    const error = await actionErrorOf(() => clusterOfProject(projects([]).known, 'kafka'));
    expect(error).toMatchObject({
      code: 'cluster-not-found',
      message: expect.stringMatching(/there are no projects at all$/),
    });
  });

  it('names a file that is too long to be a compose file', async () => {
    const rows = [row('kafka', '/srv', '/srv/a.yml')];
    const { known } = projects(rows, { '/srv/a.yml': `#${' '.repeat(1024 * 1024)}` });
    expect(await actionErrorOf(() => clusterOfProject(known, 'kafka'))).toMatchObject({
      code: 'compose-file-unreadable',
      message: 'project kafka names /srv/a.yml, which has more than 1048576 bytes: nothing of it is read',
    });
  });

  it.each([
    ['a FIFO', 'mkfifo'],
    ['a folder', 'mkdir'],
  ])('names %s, which is not waited for', async (_, make) => {
    const { known } = projects([row('kafka', '/srv', '/srv/a.yml')]);
    await actionErrorOf(() => clusterOfProject(known, 'kafka'));
    const path = join(temporaryFolder(), 'named');
    execFileSync(make, [path]);
    const argv = (known.host as MemoryHost).commands.at(-1)?.argv.slice(1, -1) ?? [];
    const { status, signal } = spawnSync('sh', [...argv, path], { timeout: 5_000 });
    expect({ status, signal }).toEqual({ status: 1, signal: null });
  });

  it('was made from files of which one is gone', async () => {
    const rows = [row('kafka', '/srv', '/srv/a.yml,/srv/b.yml')];
    const { known } = projects(rows, { '/srv/a.yml': text({ kafka: broker() }) });
    expect(await actionErrorOf(() => clusterOfProject(known, 'kafka'))).toMatchObject({
      code: 'compose-file-unreadable',
      message: 'project kafka was made from /srv/b.yml, which is not on the machine any more',
      hint: 'Deploy again, or name the cluster by bootstrap-servers.',
    });
  });

  it('is none of Kafka: only what is against the proof is told', async () => {
    const web = { image: 'web:1', build: '.' };
    const { known } = projects([row('web', '/w', '/w/c.yml')], { '/w/c.yml': text({ web }) });
    expect(await actionErrorOf(() => clusterOfProject(known, 'web'))).toMatchObject({
      code: 'compose-file-unsupported',
      message: 'it has no Kafka broker that can be recognised',
    });
  });

  it.each<[string, object, Answer, object]>([
    ['without Docker', { hasDocker: false }, { throws: new Error('asked') }, { code: 'cluster-not-found' }],
    ['without sudo', { hasSudo: false }, { throws: new Error('asked') }, { code: 'no-sudo' }],
    [
      'with a Docker that does not answer',
      {},
      { exitCode: 1, stderr: 'Cannot connect to the Docker daemon\n' },
      { code: 'docker-not-running', details: ['Cannot connect to the Docker daemon'] },
    ],
  ])('is on a machine %s', async (_, machine, answer, expected) => {
    const { known } = session([[/^docker ps /, answer]], { machine });
    expect(await actionErrorOf(() => clusterOfProject(known, 'kafka'))).toMatchObject(expected);
  });
});

describe('a cluster that is known by its addresses', () => {
  const at = (bootstrapServers: readonly string[], faults: Faults = {}, schemaRegistryUrl?: string) => {
    const { known, ...rest } = session([], { faults });
    const address = { bootstrapServers, ...(schemaRegistryUrl ? { schemaRegistryUrl } : {}) };
    return { ...rest, found: () => clusterAt(known, address) };
  };

  it('has the brokers that one of them names, in the order of their numbers, and nothing else is known', async () => {
    const { found, cluster, log } = at(['localhost:29092']);
    cluster.brokers = [3, 1, 2];
    const brokers = [1, 2, 3].map(id => ({ service: `broker-${id}`, address: `localhost:${id}9092` }));
    expect(await found()).toEqual({
      brokers,
      bootstrapServers: SERVERS,
      members: brokers.map(each => ({ ...each, role: 'broker' })),
    });
    expect(log.lines).toEqual(brokers.map(({ service, address }) => `info ${service} at ${address}`));
    expect(cluster.connected).toEqual([]);
  });

  it('has all the brokers that any of them names, each once', async () => {
    const { found, cluster } = at(['localhost:19092', 'localhost:39092']);
    // Each knows itself and broker 2.
    const kafka = cluster.kafka.bind(cluster);
    cluster.kafka = server => {
      const client = kafka(server);
      const admin = () => ({
        ...client.admin(),
        describeCluster: async () => ({
          brokers: [server === 'localhost:19092' ? 1 : 3, 2].map(nodeId => ({
            ...{ nodeId, host: 'localhost', port: nodeId * 10_000 + 9092 },
          })),
        }),
      });
      return { ...client, admin } as typeof client;
    };
    expect((await found()).bootstrapServers).toEqual(SERVERS);
  });

  it('has the schema registry that goes with it', async () => {
    const { schemaRegistryUrl, members } = await at(
      ['localhost:19092'],
      {},
      'http://localhost:8081/r',
    ).found();
    expect(schemaRegistryUrl).toBe('http://localhost:8081/r');
    expect(members.at(-1)).toEqual({
      ...{ service: 'schema-registry', role: 'schema-registry', address: 'localhost:8081' },
    });
  });

  it('is not ready when one of them does not answer, whatever the others say', async () => {
    const { found, cluster } = at(['localhost:19092', 'localhost:29092']);
    cluster.silent.add('localhost:29092');
    expect(await actionErrorOf(found)).toMatchObject({
      code: 'kafka-not-ready',
      message: 'bootstrap server localhost:29092: connect ECONNREFUSED',
    });
  });

  it('behind a connection that does not serve fails with the reason of that', async () => {
    const lost = new ActionError('ssh-forwarding-refused', 'no');
    const { found } = at(['localhost:19092'], {
      before: () => {
        throw lost;
      },
    });
    expect(await actionErrorOf(found)).toBe(lost);
  });
});
