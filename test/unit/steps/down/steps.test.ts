import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Host } from '../../../../src/host/host.ts';
import type { DeploymentRecord } from '../../../../src/machine/parse-record.ts';
import { downSteps } from '../../../../src/steps/down/steps.ts';
import { runSteps } from '../../../../src/steps/run.ts';
import { InstantClock } from '../../support/clocks.ts';
import { withoutRoot } from '../../support/local-host.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { PASSED } from '../../support/reports.ts';
import { type Answer, type Script, ScriptedHost } from '../../support/scripted-host.ts';
import { noKafka } from '../../support/step-context.ts';
import { statusOf } from '../../support/step-runs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const { machine: facts = expect.unreachable('the sample has a machine') } = PASSED;
const MACHINE = { ...facts, home: '/home/u', hasDocker: true };
const FILES = ['docker-compose.yml', '.env', 'more/deep/limits.yml', 'producer.py', 'kafka_env'];
const RECORD: DeploymentRecord = {
  ...{ version: 1, project: 'kafka', directory: '/home/u/kafka', files: FILES, portShift: 0, ports: [8081] },
};

interface Options {
  readonly machine?: typeof MACHINE;
  readonly volumes?: boolean;
  readonly record?: DeploymentRecord | undefined;
}

async function take(host: Host, options: Options = {}) {
  const { machine, volumes, record } = { machine: MACHINE, volumes: false, record: RECORD, ...options };
  const log = new RecordingLog();
  const steps = downSteps({ project: 'kafka', machine, volumes, record });
  const context = {
    host,
    kafka: noKafka,
    log,
    clock: new InstantClock(),
    signal: new AbortController().signal,
  };
  return { log, ...(await runSteps(steps, context)) };
}

/** A container as Compose labels it. */
const container = (service: string, ...needs: string[]) =>
  `kafka-${service}-1\t${service}\t${needs.map(need => `${need}:service_healthy:false`).join(',')}`;
const ZOOKEEPER = [
  container('registry', 'broker-1', 'broker-2'),
  container('zookeeper'),
  container('broker-1', 'zookeeper'),
  container('broker-2', 'zookeeper'),
];

/** What is there until it is removed. */
function machineWith(
  there: Partial<Record<'containers' | 'networks' | 'volumes', readonly string[]>>,
  more: Script = [],
) {
  const list = (lines: readonly string[] = []): Answer[] =>
    [...(lines.length > 0 ? [lines, lines] : []), []].map(some => ({
      stdout: some.map(line => `${line}\n`).join(''),
    }));
  return new ScriptedHost([
    ...more,
    [/^docker ps /, ...list(there.containers)],
    [/^docker network ls /, ...list(there.networks)],
    [/^docker volume ls /, ...list(there.volumes)],
    [/^docker (stop|rm|network rm|volume rm|inspect) /, 0],
    [/^sh -c /, 0],
    [/^ls -A /, 2],
    [/^test -e /, 1],
  ]);
}
const removals = (host: ScriptedHost) => host.ran.filter(words => /docker (\w+ )?(stop|rm) /.test(words));

describe('taking a deployment down', () => {
  it('finds all that Compose made by its label, as root', async () => {
    const host = machineWith({});
    await take(host, { volumes: true });
    const asked = host.ran.filter(words => words.startsWith('sudo docker'));
    expect(asked).toHaveLength(3);
    for (const words of asked) expect(words).toMatch(/ --filter label=com\.docker\.compose\.project=kafka$/);
    expect(asked.map(words => words.split(' ').slice(1, 4).join(' '))).toEqual([
      'docker ps --all',
      'docker network ls',
      'docker volume ls',
    ]);
  });

  it('stops containers before those that they need, with time for each, when the data stays', async () => {
    const host = machineWith({ containers: ZOOKEEPER, networks: ['kafka_default'] });
    const { results } = await take(host);
    expect(removals(host)).toEqual([
      'sudo docker stop --time 30 kafka-registry-1',
      'sudo docker stop --time 30 kafka-broker-1-1 kafka-broker-2-1',
      'sudo docker stop --time 30 kafka-zookeeper-1',
      'sudo docker rm --force kafka-registry-1 kafka-zookeeper-1 kafka-broker-1-1 kafka-broker-2-1',
      'sudo docker network rm kafka_default',
    ]);
    expect(statusOf(results)).toEqual({ containers: 'changed', networks: 'changed' });
  });

  it.each<[string, string[], string[]]>([
    ['need each other', [container('a', 'b'), container('b', 'a')], ['kafka-a-1 kafka-b-1']],
    ['need themselves', [container('a', 'a')], ['kafka-a-1']],
    ['need what is gone', [container('a', 'gone'), container('b', 'a')], ['kafka-b-1', 'kafka-a-1']],
    ['say nothing of what they need', ['one\t\t', 'two\t\t'], ['one two']],
  ])('also stops containers when they %s', async (_, containers, layers) => {
    const host = machineWith({ containers });
    await take(host);
    const stops = removals(host).filter(words => words.includes(' stop '));
    expect(stops.map(words => words.replace('sudo docker stop --time 30 ', ''))).toEqual(layers);
  });

  it('leaves no empty volumes without a name behind, and keeps those that hold something', async () => {
    const row = (id: string, path: string) => `/k-1\t${id.repeat(64)}\t${path}\t/volumes/${id}`;
    const mounts = [
      row('a', '/etc/kafka/secrets'),
      row('b', '/data'),
      '/k-1\tkafka_named\t/more\t/volumes/named',
    ];
    const host = machineWith({ containers: ['k-1\tkafka\t'] }, [
      [/^docker inspect /, { stdout: mounts.join('\n') }],
      [/^find \/volumes\/a \/volumes\/b /, { stdout: '/volumes/b\n' }],
    ]);
    await take(host);
    expect(host.ran.filter(words => words.includes('volume rm'))).toEqual([
      `sudo docker volume rm ${'a'.repeat(64)}`,
    ]);
  });

  it('waits for nothing when the data goes, and takes volumes without a name, too', async () => {
    const there = { containers: ZOOKEEPER.slice(1, 3), networks: ['n'], volumes: ['kafka_a', 'kafka_b'] };
    const host = machineWith(there);
    const { results } = await take(host, { volumes: true });
    expect(removals(host).toSorted()).toEqual([
      'sudo docker network rm n',
      'sudo docker rm --force --volumes kafka-zookeeper-1 kafka-broker-1-1',
      'sudo docker volume rm --force kafka_a kafka_b',
    ]);
    expect(host.ran.findIndex(words => words.includes('docker rm'))).toBeLessThan(
      host.ran.findIndex(words => words.includes('volume rm')),
    );
    expect(results.map(({ name }) => name)).toEqual([
      ...['containers', 'networks', 'volumes', 'directory', 'deployment-record'],
    ]);
  });

  it('keeps the directory and the note when the data stays', async () => {
    const host = machineWith({ containers: ZOOKEEPER });
    const { results } = await take(host);
    expect(results.map(({ name }) => name)).toEqual(['containers', 'networks']);
    expect(removals(host).join('\n')).not.toMatch(/volume/);
    expect(host.ran.join('\n')).not.toMatch(/rm -rf|rm -f /);
  });

  it('is content when nothing is there', async () => {
    const host = machineWith({});
    const { results, failure } = await take(host, { volumes: true, record: undefined });
    expect(failure).toBeUndefined();
    expect(results.map(({ name, status }) => [name, status])).toEqual(
      ['containers', 'networks', 'volumes', 'deployment-record'].map(name => [name, 'unchanged']),
    );
    expect(results[0]?.detail).toBe('project kafka has none');
  });

  it('is content when there is no Docker, and asks for no sudo then', async () => {
    const host = new ScriptedHost([]);
    const { results, failure } = await take(host, {
      machine: { ...MACHINE, hasDocker: false, hasSudo: false },
    });
    expect(failure).toBeUndefined();
    expect(results.map(({ detail }) => detail)).toEqual([
      'Docker is not installed',
      'Docker is not installed',
    ]);
  });

  it('needs sudo where there is Docker', async () => {
    const { failure, results } = await take(new ScriptedHost([]), {
      machine: { ...MACHINE, hasSudo: false },
    });
    expect(failure).toMatchObject({ step: 'containers', error: { code: 'no-sudo' } });
    expect(statusOf(results)).toEqual({ containers: 'failed', networks: 'skipped' });
  });

  it('fails when Docker does not answer, and goes no further', async () => {
    const host = new ScriptedHost([
      [/^docker /, { exitCode: 1, stderr: 'Cannot connect to the Docker daemon\n' }],
    ]);
    const { failure, results } = await take(host, { volumes: true });
    expect(failure).toMatchObject({
      step: 'containers',
      error: { code: 'docker-not-running', details: ['Cannot connect to the Docker daemon'] },
    });
    expect(statusOf(results)).toEqual({
      containers: 'failed',
      ...{ networks: 'skipped', volumes: 'skipped', directory: 'skipped', 'deployment-record': 'skipped' },
    });
  });

  it('says that it is not done when something stays', async () => {
    const host = new ScriptedHost([
      [/^docker ps /, { stdout: container('a') }],
      [/^(docker|sh -c) /, 0],
    ]);
    expect((await take(host)).failure).toMatchObject({
      error: { code: 'step-without-effect', message: 'Containers removed: there: kafka-a-1' },
    });
  });
});

describe('what somebody else has to do with a deployment', () => {
  const record = { ...RECORD, services: ['broker-1', 'zookeeper'] };
  const OTHER = 'kafka-sidecar-1\tsidecar\t\t/opt/other/compose.yml';
  const users = (...rows: string[]): [RegExp, Answer] => [/^sh -c \nlabel=/, { stdout: rows.join('\n') }];
  const machine = (containers: readonly string[], ...rows: string[]) =>
    new ScriptedHost([
      users(...rows),
      [
        /^docker ps /,
        { stdout: containers.join('\n') },
        { stdout: containers.join('\n') },
        { stdout: OTHER },
      ],
      [/^docker (stop|rm) /, 0],
      [/^docker /, 0],
    ]);

  it.each<[string, string, RegExp, RegExp]>([
    [
      'a volume',
      'volume\tkafka_a\tbackup\t\t\t',
      /^volume kafka_a is used by container backup$/,
      /sudo docker rm --force backup/,
    ],
    [
      'the network',
      'network\tkafka_default\tweb\tshop\tweb\t/srv/shop.yml',
      /^network kafka_default is used by container web of the Docker Compose project shop$/,
      /sudo docker network disconnect kafka_default web/,
    ],
    [
      'the network, of the same project',
      `network\tkafka_default\tkafka-sidecar-1\tkafka\tsidecar\t/opt/other/compose.yml`,
      /kafka-sidecar-1 of the Docker Compose project kafka, made from \/opt\/other\/compose\.yml$/,
      /disconnect/,
    ],
  ])('is refused before anything is removed: %s', async (_, row, words, hint) => {
    const host = machine([container('broker-1')], row);
    const { failure } = await take(host, { volumes: true, record });
    expect(failure).toMatchObject({ step: 'containers', error: { code: 'still-in-use' } });
    expect(failure?.error.message).toMatch(words);
    expect(failure?.error.hint).toMatch(hint);
    expect(removals(host)).toEqual([]);
  });

  it('is nothing when its own containers use them', async () => {
    const own = 'network\tkafka_default\tkafka-broker-1-1\tkafka\tbroker-1\t/elsewhere/docker-compose.yml';
    const host = machine([container('broker-1'), OTHER], own);
    const { failure, log } = await take(host, { record });
    expect(failure).toBeUndefined();
    expect(removals(host).filter(words => words.includes('rm --force'))).toEqual([
      'sudo docker rm --force kafka-broker-1-1',
    ]);
    expect(log.warnings).toEqual([
      'container kafka-sidecar-1 (service sidecar) is of the same Docker Compose project kafka, but was made from /opt/other/compose.yml: it is left as it is',
    ]);
  });

  it('cannot be told apart without a note of the services: all of the project goes', async () => {
    const host = machineWith({ containers: [container('broker-1'), OTHER] });
    await take(host, { record: RECORD });
    expect(removals(host).at(-1)).toBe('sudo docker rm --force kafka-broker-1-1 kafka-sidecar-1');
  });
});

/** A machine on which Docker has nothing, but takes its time to say that it cannot tell the networks. */
const withLateNetworks = (host: Host): Host => ({
  ...host,
  async run(command) {
    if (command.argv[0] !== 'docker') return host.run(command);
    const isLate = command.argv[1] === 'network';
    if (isLate) await new Promise(resolve => setTimeout(resolve, 500));
    return { exitCode: isLate ? 1 : 0, stdout: '', stderr: '' };
  },
});

describe('the directory of a deployment', () => {
  /** A deployment on this computer, whose Docker is not asked. */
  function deployment(files: readonly string[] = FILES) {
    const home = temporaryFolder();
    const directory = join(home, 'kafka');
    const put = (path: string) => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, '');
    };
    for (const file of files) put(join(directory, file === 'kafka_env' ? 'kafka_env/bin/python' : file));
    const note = join(home, '.kafka-al2023/deployments/kafka.json');
    put(note);
    const host = withoutRoot(home);
    const down = (more: Partial<DeploymentRecord> = {}) =>
      take(host, {
        ...{ machine: { ...MACHINE, home, hasDocker: false }, volumes: true },
        record: { ...RECORD, directory, ...more },
      });
    return { home, directory, put, note, host, down };
  }

  it('goes with everything that was put there, and the note of it last', async () => {
    const { directory, note, host, down } = deployment();
    const { results, failure } = await down();
    expect(failure).toBeUndefined();
    expect(existsSync(directory)).toBe(false);
    expect(existsSync(note)).toBe(false);
    expect(statusOf(results)).toMatchObject({ directory: 'changed', 'deployment-record': 'changed' });
    const removed = host.ran.findIndex(words => /^sh -c [\s\S]*rm -rf /.test(words));
    expect(removed).toBeGreaterThanOrEqual(0);
    expect(host.ran.findIndex(words => /^sh -c [\s\S]*&& rm -f /.test(words))).toBeGreaterThan(removed);
  });

  it('stays for what somebody else put there', async () => {
    const { directory, put, note, down } = deployment();
    put(join(directory, 'notes.txt'));
    put(join(directory, 'more/other.yml'));
    const { results, failure } = await down();
    expect(failure).toBeUndefined();
    expect(readdirSync(directory, { recursive: true }).toSorted()).toEqual([
      'more',
      'more/other.yml',
      'notes.txt',
    ]);
    expect(results.find(({ name }) => name === 'directory')?.detail).toBe(
      'it stays, for what no deployment put there: more, notes.txt',
    );
    expect(existsSync(note)).toBe(false);
  });

  it('is left alone when nothing of the deployment is in it, and when it is not there', async () => {
    const { directory, put, down, home } = deployment([]);
    expect((await down()).results.find(({ name }) => name === 'directory')).toMatchObject({
      ...{ status: 'unchanged', detail: 'it is not there' },
    });
    put(join(directory, 'notes.txt'));
    expect((await down()).results.find(({ name }) => name === 'directory')).toMatchObject({
      status: 'unchanged',
    });
    expect(readdirSync(home)).toContain('kafka');
  });

  it('also goes when an earlier run was interrupted after half of it', async () => {
    const { directory, down } = deployment(['.env', 'kafka_env']);
    expect((await down()).failure).toBeUndefined();
    expect(existsSync(directory)).toBe(false);
  });

  it('is no option and no shell, whatever the names', async () => {
    const { directory, home, down } = deployment(['-rf', 'a b', '$(touch x)', '*']);
    writeFileSync(join(home, 'kept'), '');
    const { failure } = await down({ files: ['-rf', 'a b', '$(touch x)', '*'] });
    expect(failure).toBeUndefined();
    expect(existsSync(directory)).toBe(false);
    expect(readdirSync(home).toSorted()).toEqual(['.kafka-al2023', 'kept']);
  });

  it.each([
    ['itself', ''],
    ['in it, above a file', 'more'],
    ['in it, deeper', 'more/deep'],
  ])('is not removed through a link that somebody has put there: %s', async (_, link) => {
    const { home, directory, note, down } = deployment();
    const elsewhere = temporaryFolder();
    for (const file of ['docker-compose.yml', 'limits.yml', 'deep/limits.yml'])
      mkdirSync(join(elsewhere, dirname(file)), { recursive: true });
    for (const file of ['docker-compose.yml', 'limits.yml', 'deep/limits.yml'])
      writeFileSync(join(elsewhere, file), '');
    rmSync(join(directory, link), { recursive: true });
    symlinkSync(elsewhere, join(directory, link));
    const { failure } = await down();
    expect(failure).toMatchObject({ step: 'directory', error: { code: 'folder-unusable' } });
    expect(failure?.error.message).toContain(
      `${join(directory, link).replace(/\/$/, '')} is a symbolic link`,
    );
    expect(readdirSync(elsewhere, { recursive: true }).toSorted()).toEqual([
      ...['deep', 'deep/limits.yml', 'docker-compose.yml', 'limits.yml'],
    ]);
    expect(readdirSync(home).toSorted()).toEqual(['.kafka-al2023', 'kafka']);
    expect(existsSync(note)).toBe(true);
  });

  it('loses a link in the place of a file, and not what it leads to', async () => {
    const { directory, down } = deployment();
    const elsewhere = temporaryFolder();
    writeFileSync(join(elsewhere, 'kept'), '');
    rmSync(join(directory, 'kafka_env'), { recursive: true });
    symlinkSync(elsewhere, join(directory, 'kafka_env'));
    expect((await down()).failure).toBeUndefined();
    expect(existsSync(directory)).toBe(false);
    expect(readdirSync(elsewhere)).toEqual(['kept']);
  });

  it('outside of the home folder is not touched, whatever a note says', async () => {
    const { down } = deployment();
    const elsewhere = temporaryFolder();
    writeFileSync(join(elsewhere, 'docker-compose.yml'), '');
    await down({ directory: elsewhere });
    expect(readdirSync(elsewhere)).toEqual(['docker-compose.yml']);
  });

  it('is removed as the user; as root only what the user cannot remove', async () => {
    const { host, down } = deployment();
    await down();
    expect(host.ran.filter(words => words.startsWith('sudo sh'))).toEqual([]);
    const refusing: Host = {
      ...host,
      run: command => {
        const isUsers = !command.sudo && command.argv.some(word => word.includes('rm -rf'));
        return isUsers ? Promise.resolve({ exitCode: 1, stdout: '', stderr: '' }) : host.run(command);
      },
    };
    const { home, directory } = deployment();
    await take(refusing, {
      ...{ machine: { ...MACHINE, home, hasDocker: false }, volumes: true },
      record: { ...RECORD, directory },
    });
    expect(host.ran.filter(words => words.startsWith('sudo sh'))).toHaveLength(1);
    expect(existsSync(directory)).toBe(false);
  });

  it('keeps its note as long as anything else is left', async () => {
    const { home, note, host } = deployment();
    const late = withLateNetworks(host);
    const { failure } = await take(late, { machine: { ...MACHINE, home }, volumes: true });
    expect(failure).toMatchObject({ step: 'networks' });
    expect(existsSync(note)).toBe(true);
  });

  it('stays with its note when its containers could not be removed', async () => {
    const { directory, note } = deployment();
    const host = new ScriptedHost([[/^docker /, 1]]);
    await take(host, { volumes: true, record: { ...RECORD, directory } });
    expect([existsSync(directory), existsSync(note)]).toEqual([true, true]);
  });
});
