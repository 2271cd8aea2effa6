import { describe, expect, it } from 'vitest';
import type { ContainerState } from '../../../../src/machine/machine-look.ts';
import { stackStep } from '../../../../src/steps/deploy/stack.ts';
import { SimulatedClock } from '../../support/clocks.ts';
import { containerState, LOOK, lookOutput } from '../../support/machine-looks.ts';
import type { Answer, Script } from '../../support/scripted-host.ts';
import { readStack } from '../../support/stacks.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const services = {
  broker: { image: 'b:1', ports: ['127.0.0.1:19092:19092'] },
  registry: { image: 'r:1', ports: ['127.0.0.1:8081:8081'] },
};
const PROJECT = { name: 'kafka', directory: '/home/ec2-user/kafka', composeFiles: ['docker-compose.yml'] };
const STACK = readStack(JSON.stringify({ services }));
const MEMBERS = [
  { service: 'broker', role: 'broker' },
  { service: 'registry', role: 'schema-registry' },
] as const;
const step = stackStep(PROJECT, STACK, MEMBERS);

const container = (
  service: string,
  state = 'running',
  status = 'Up 5 minutes (healthy)',
  hash = `${service}-hash`,
) => [`kafka-${service}-1`, service, hash, state, status].join('\t');
const UP = [container('broker'), container('registry')];

interface Answers {
  readonly containers?: readonly string[];
  readonly up?: Answer | readonly Answer[];
  readonly ss?: string;
  /** The containers' logs. */
  readonly said?: string;
  /** What is seen of them while they come up, and after it failed; the last one for ever. */
  readonly looks?: readonly (readonly ContainerState[])[];
  /** Name and project of the container that publishes a port. */
  readonly publisher?: string;
  /** Control group and words of the process that listens. */
  readonly about?: string;
}

function stack({
  containers = [],
  up = 0,
  ss = '',
  looks = [[]],
  said = 'Command failed\nFATAL why\n',
  publisher = '',
  about = '',
}: Answers) {
  const list = (lines: readonly string[]): Answer => ({ stdout: lines.map(line => `${line}\n`).join('') });
  const script: Script = [
    [/ config --hash \*$/, { stdout: 'broker broker-hash\nregistry registry-hash\n' }],
    [/^docker ps --filter publish=/, { stdout: publisher }],
    [/^sh -c \ntail -n 1 /, { stdout: about }],
    [/^docker ps --all/, list(containers)],
    [LOOK, ...looks.map((seen): Answer => ({ stdout: lookOutput(seen) }))],
    [/^docker unpause /, 0],
    [/^pkill /, 0],
    [/ up --detach$/, ...[up].flat()],
    [/ down( --remove-orphans)?$/, 0],
    [/ restart /, 0],
    [/^ss /, { stdout: ss }],
    [/^docker volume ls /, { stdout: 'data\n' }],
    [/^docker inspect /, { stdout: '' }],
    [/^docker rm --force /, 0],
    [/^docker logs /, { stderr: said }],
  ];
  const { context, host, log } = scriptedContext(script, new SimulatedClock());
  const changes = () =>
    host.ran.flatMap(command => /docker-compose .* ((?:up|down|restart)\b.*)$/.exec(command)?.[1] ?? []);
  return {
    host,
    log,
    context,
    changes,
    check: () => step.check(context),
    foresee: async () => step.foresee?.(context),
    apply: async () => step.apply?.(context),
  };
}

describe('the containers', () => {
  it('are up when each runs and was made from this file', async () => {
    expect(await stack({ containers: UP }).check()).toEqual({ satisfied: true, detail: '2 containers run' });
  });

  it('stay as they are when their turn is to come, whatever they were made from', async () => {
    const waiting = stackStep(PROJECT, STACK, MEMBERS, ({ outdated }) => outdated.length > 0);
    const containers = [container('broker', 'running', 'Up', 'old'), UP[1] ?? ''];
    const { context, changes } = stack({ containers });
    expect(await waiting.check(context)).toEqual({
      satisfied: true,
      detail: 'it runs, and is changed in its turn: broker was made from another configuration',
    });
    expect(await waiting.foresee?.(context)).toEqual([]);
    await waiting.apply?.(context);
    expect(changes()).toEqual([]);
  });

  it('may still be starting: a later step asks Kafka', async () => {
    const starting = UP.map(line => line.replace('(healthy)', '(health: starting)'));
    expect(await stack({ containers: starting }).check()).toMatchObject({ satisfied: true });
  });

  it.each<[string, string[], string]>([
    ['none is there', [], 'broker is not there, registry is not there'],
    ['one is missing', UP.slice(0, 1), 'registry is not there'],
    [
      'one has stopped',
      [container('broker', 'exited', 'Exited (1) 2 minutes ago'), UP[1] ?? ''],
      'broker is not up (Exited (1) 2 minutes ago)',
    ],
    [
      'one is unhealthy',
      [container('broker', 'running', 'Up 1 minute (unhealthy)'), UP[1] ?? ''],
      'broker is not up (Up 1 minute (unhealthy))',
    ],
    [
      'one was made from another file',
      [container('broker', 'running', 'Up', 'old'), UP[1] ?? ''],
      'broker was made from another configuration',
    ],
    [
      'one is of a service that is no more',
      [...UP, container('old')],
      'old was made from another configuration',
    ],
  ])('are not up when %s', async (_, containers, detail) => {
    expect(await stack({ containers }).check()).toEqual({ satisfied: false, detail });
  });

  it.each<[string, string[], string[]]>([
    ['started when none is there', [], ['up --detach']],
    [
      'taken down first when one was made from another file',
      [container('broker', 'running', 'Up', 'old')],
      ['down --remove-orphans', 'up --detach'],
    ],
    [
      'started when one has stopped',
      [container('broker', 'exited', 'Exited (1)'), UP[1] ?? ''],
      ['up --detach'],
    ],
    [
      'left alone, but unpaused, where one is paused',
      [container('broker', 'paused', 'Up 5 minutes (Paused)'), UP[1] ?? ''],
      ['up --detach'],
    ],
    [
      'restarted where one is unhealthy',
      [container('broker', 'running', 'Up (unhealthy)'), UP[1] ?? ''],
      ['restart broker', 'up --detach'],
    ],
  ])('are %s', async (_, containers, expected) => {
    const { apply, changes, host } = stack({ containers });
    await apply();
    expect(changes()).toEqual(expected);
    expect(host.count(/--volumes|-v\b/)).toBe(0);
  });

  it('are unpaused first, whatever else is done with them', async () => {
    const { apply, host } = stack({
      containers: [
        container('broker', 'paused', 'Up (Paused)', 'old'),
        container('registry', 'paused', 'Up (Paused)'),
      ],
    });
    await apply();
    const places = [/docker unpause kafka-broker-1 kafka-registry-1$/, / down /, / up /].map(pattern =>
      host.ran.findIndex(words => pattern.test(words)),
    );
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('are taken down, when another file made them, only after the log says what goes and what stays', async () => {
    const { apply, log } = stack({
      containers: [container('broker', 'running', 'Up', 'old'), container('old')],
    });
    await apply();
    const said = ['removed: ', 'kept but not used by the new file: volumes data', 'docker-compose down'];
    const places = said.map(words => log.lines.findIndex(line => line.includes(words)));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(log.text).toContain('(broker, old)');
  });

  it('have each line in the log once, although Docker Compose says most things twice', async () => {
    const { apply, log } = stack({
      up: { stderr: 'Container broker  Started\nContainer broker  Started\n' },
    });
    await apply();
    expect(log.lines.filter(line => line.includes('Started'))).toEqual(['info   Container broker  Started']);
  });
});

describe('a port that is taken', () => {
  const line = (local: string, users = 'users:(("java",pid=4242,fd=112))') =>
    `LISTEN 0      4096   ${local} 0.0.0.0:* ${users}\n`;

  it.each<[string, string, RegExp | undefined]>([
    ['on 127.0.0.1', line('127.0.0.1:8081'), /port 8081 \(wanted by registry, held by java, process 4242\)$/],
    ['on all addresses', line('0.0.0.0:8081'), /port 8081/],
    ['on all addresses, IPv6 too', line('*:8081'), /port 8081/],
    ['on all IPv6 addresses', line('[::]:8081'), /port 8081/],
    ['on 127.0.0.1 as an IPv6 address', line('[::ffff:127.0.0.1]:8081'), /port 8081/],
    ['on an interface', line('127.0.0.1%lo:8081'), /port 8081/],
    ['by a process of someone else', line('127.0.0.1:8081', ''), /held by another process\)$/],
    ['twice', line('127.0.0.1:8081') + line('127.0.0.1:19092'), /port 19092 .*, port 8081 /],
    ['on another address', line('10.0.0.7:8081'), undefined],
    ['on ::1 only', line('[::1]:8081'), undefined],
    ['with more digits', line('127.0.0.1:80811') + line('127.0.0.1:18081'), undefined],
    ['by nobody', '', undefined],
  ])('%s is seen before anything is started', async (_, ss, words) => {
    const { apply, changes } = stack({ ss });
    if (!words) {
      await apply();
      expect(changes()).toEqual(['up --detach']);
      return;
    }
    const error = await actionErrorOf(apply);
    expect(error.code).toBe('port-in-use');
    expect(error.message).toMatch(words);
    expect(changes()).toEqual([]);
  });

  it.each<[string, string, string, RegExp, RegExp]>([
    [
      'a container of another project',
      'shop-web-1\tshop\n',
      '',
      /held by container shop-web-1 of the Docker Compose project shop\)$/,
      /sudo docker stop shop-web-1/,
    ],
    ['a container of no project', 'web\t\n', '', /held by container web\)$/, /sudo docker stop web\b/],
    [
      'a service',
      '',
      '0::/system.slice/nginx.service\nnginx: master \n',
      /java, process 4242 of nginx\.service \(nginx: master\)\)$/,
      /sudo systemctl stop nginx\.service/,
    ],
    [
      'a user',
      '',
      '0::/user.slice/user-1000.slice/user@1000.service/app.slice\njava -jar x \n',
      /java, process 4242 \(java -jar x\)\)$/,
      /sudo kill 4242/,
    ],
  ])(
    'is told with who holds it, and the command that frees it: %s',
    async (_, publisher, about, words, hint) => {
      const error = await actionErrorOf(stack({ ss: line('127.0.0.1:8081'), publisher, about }).apply);
      expect(error.message).toMatch(words);
      expect(error.hint).toMatch(hint);
    },
  );

  it('is told with the container that uses the network of the machine', async () => {
    const id = 'ab'.repeat(32);
    const { context, host } = scriptedContext([
      [/ config --hash/, { stdout: 'broker b\n' }],
      [/^docker ps --filter publish/, 0],
      [
        `docker ps --filter id=${id} --format {{.Names}}\t{{.Label "com.docker.compose.project"}}`,
        { stdout: 'web\tshop\n' },
      ],
      [/^docker ps --all/, 0],
      [/^ss /, { stdout: line('0.0.0.0:8081') }],
      [/^sh -c \ntail/, { stdout: `0::/system.slice/docker-${id}.scope\nnginx\n` }],
    ]);
    const error = await actionErrorOf(async () => step.apply?.(context));
    expect(error.message).toContain('held by container web of the Docker Compose project shop');
    expect(host.count(/ up /)).toBe(0);
  });

  it.each(['running', 'paused', 'restarting'])(
    'is no problem when a %s container of our own has it',
    async state => {
      const { apply, changes } = stack({
        containers: [container('broker', state, 'Up')],
        ss: line('127.0.0.1:19092', 'users:(("docker-proxy",pid=7,fd=4))'),
      });
      await apply();
      expect(changes()).toEqual(['up --detach']);
    },
  );

  it.each([
    'driver failed programming external connectivity on endpoint kafka-registry-1: Bind for 127.0.0.1:8081 failed: port is already allocated',
    'Error starting userland proxy: listen tcp4 127.0.0.1:8081: bind: address already in use',
    'failed to bind host port for 127.0.0.1:8081:172.18.0.2:8081/tcp: address already in use',
    'failed to bind host port 127.0.0.1:8081/tcp: address already in use',
  ])('meanwhile is understood from the Docker Engine: %s', async stderr => {
    const error = await actionErrorOf(stack({ up: { exitCode: 1, stderr } }).apply);
    expect(error).toMatchObject({
      code: 'port-in-use',
      message: '127.0.0.1:8081 is already taken on the machine',
    });
  });
});

describe('containers that do not start', () => {
  const failed = { exitCode: 1, stderr: 'dependency failed to start' };

  it('are named, with their last words, after some more tries', async () => {
    const ended = containerState('broker', { state: 'exited', exitCode: 1 });
    const { apply, context, changes } = stack({ up: failed, looks: [[ended, containerState('registry')]] });
    const error = await actionErrorOf(apply);
    expect(changes()).toHaveLength(5);
    expect(context.clock.now()).toBe(12_000);
    expect(error).toMatchObject({
      code: 'container-failed',
      message: 'broker has stopped: exit code 1: FATAL why',
      details: ['kafka-broker-1:', '  Command failed', '  FATAL why'],
    });
  });

  it.each([
    ['is unhealthy', 'did not become healthy'],
    ['exited (1)', 'exited (1)'],
  ])('are named by what Docker Compose says of one that runs again: %s', async (told, what) => {
    const stderr = `dependency failed to start: container kafka-broker-1 ${told}\n`;
    const looks = [[containerState('broker'), containerState('registry')]];
    expect(await actionErrorOf(stack({ up: { exitCode: 1, stderr }, looks }).apply)).toMatchObject({
      code: 'container-failed',
      message: `broker ${what}: FATAL why`,
    });
  });

  it('get time to be restarted: a killed broker stops until its old session is over', async () => {
    const looks = [[containerState('broker', { state: 'exited', exitCode: 1 })]];
    const { apply, changes, log, context } = stack({
      ...{ up: [...Array(10).fill(failed), 0], looks },
      said: 'ERROR NodeExists\n',
    });
    await apply();
    expect(changes()).toHaveLength(11);
    expect(context.clock.now()).toBe(30_000);
    expect(log.text).toContain(
      'broker has stopped: exit code 1: ERROR NodeExists; it is restarted, looking again in 3 s',
    );
  });

  it('end the waiting for them, and Docker Compose with it, when they leave no hope', async () => {
    const { apply, host } = stack({
      up: { never: true },
      looks: [[containerState('broker', { state: 'paused' })]],
    });
    expect(await actionErrorOf(apply)).toMatchObject({ code: 'broker-down', message: 'broker is paused' });
    expect(host.ran.at(-1)).toBe(
      'sudo pkill --full -- [d]ocker-compose .*--project-name kafka .* up --detach',
    );
  });

  it('fail with the last lines of Docker Compose when the reason is its own', async () => {
    const { apply } = stack({ up: { exitCode: 14, stderr: 'services.broker.image must be a string\n' } });
    const error = await actionErrorOf(apply);
    expect(error).toMatchObject({
      code: 'stack-failed',
      message: 'docker-compose up failed: services.broker.image must be a string',
    });
    expect(error.details).toEqual(['services.broker.image must be a string']);
  });
});

describe('an engine that cannot do what it is asked', () => {
  it.each<[string, RegExp, RegExp]>([
    [
      'failed to create network kafka_default: Error response from daemon: could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
      /no range of addresses left for another network: could not find an available/,
      /docker network prune/,
    ],
    [
      'Error response from daemon: all predefined address pools have been fully subnetted',
      /no range of addresses left/,
      /docker network prune/,
    ],
    [
      'Error response from daemon: driver failed programming external connectivity on endpoint k: (iptables failed: iptables --wait -t nat -A DOCKER: iptables: No chain/target/match by that name.',
      /firewall.*No chain\/target\/match/,
      /sudo systemctl restart docker/,
    ],
  ])('is believed before any container is: %s', async (stderr, words, hint) => {
    const looks = [[containerState('broker', { state: 'exited', exitCode: 1 })]];
    const error = await actionErrorOf(stack({ up: { exitCode: 1, stderr }, looks }).apply);
    expect(error.code).toBe('stack-failed');
    expect(error.message).toMatch(words);
    expect(error.hint).toMatch(hint);
  });

  it('has the last word in any other failure', async () => {
    const stderr = 'Error response from daemon: a thing is wrong\nnetwork kafka_default  Removed\n';
    expect((await actionErrorOf(stack({ up: { exitCode: 1, stderr } }).apply)).message).toBe(
      'docker-compose up failed: a thing is wrong',
    );
  });

  it('is not waited for when a container says that the disk is full', async () => {
    const test = stack({
      up: { exitCode: 1, stderr: 'no' },
      looks: [[containerState('broker', { state: 'restarting', exitCode: 1 })]],
      said: 'java.io.IOException: No space left on device',
    });
    expect((await actionErrorOf(test.apply)).code).toBe('container-failed');
    expect(test.context.clock.now()).toBe(0);
  });
});

describe('containers of somebody else with the same project name', () => {
  const sidecar = `${container('sidecar')}\t/opt/other/compose.yml`;
  const own = (line: string) => `${line}\t/home/ec2-user/kafka/docker-compose.yml`;

  it('are left as they are, with a warning', async () => {
    const { check, log } = stack({ containers: [...UP.map(own), sidecar] });
    expect(await check()).toMatchObject({ satisfied: true });
    expect(log.warnings).toEqual([
      'container kafka-sidecar-1 (service sidecar) is of the same Docker Compose project kafka, but was made from /opt/other/compose.yml: it is left as it is. Give one of the two another project name.',
    ]);
  });

  it("are left also when the cluster is replaced; what is the cluster's own goes", async () => {
    const containers = [own(container('broker', 'running', 'Up', 'old')), own(container('gone')), sidecar];
    const { apply, changes, host } = stack({ containers });
    await apply();
    expect(changes()).toEqual(['down', 'up --detach']);
    expect(host.ran).toContain('sudo docker rm --force kafka-gone-1');
    expect(host.count(/rm .*sidecar/)).toBe(0);
  });
});

describe('a plan for the containers', () => {
  const OLD = container('broker', 'running', 'Up', 'old');

  it('adds nothing when none is there, and starts nothing', async () => {
    const { foresee, changes, host } = stack({});
    expect(await foresee()).toEqual([]);
    expect(changes()).toEqual([]);
    expect(host.count(/^sudo ss /)).toBe(1);
  });

  it('says what goes and what stays when they were made from another file', async () => {
    const { foresee, changes } = stack({ containers: [OLD, container('old')] });
    expect(await foresee()).toEqual([
      'removed: the containers, their logs and what they wrote outside of volumes (broker, old)',
      expect.stringMatching(/^kept but not used by the new file: volumes data;/),
    ]);
    expect(changes()).toEqual([]);
  });

  it('adds nothing when one has only stopped', async () => {
    const containers = [container('broker', 'exited', 'Exited (1)'), UP[1] ?? ''];
    expect(await stack({ containers }).foresee()).toEqual([]);
  });

  it('fails at a port that somebody else holds', async () => {
    const ss = 'LISTEN 0 4096 127.0.0.1:8081 0.0.0.0:* users:(("java",pid=4242,fd=112))\n';
    const { foresee, changes } = stack({ ss });
    expect(await actionErrorOf(foresee)).toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining('8081 (wanted by registry, held by java, process 4242)'),
    });
    expect(changes()).toEqual([]);
    const held = 'LISTEN 0 4096 127.0.0.1:8081 0.0.0.0:* users:(("docker-proxy",pid=7,fd=4))\n';
    expect(await stack({ containers: [OLD, container('registry')], ss: held }).foresee()).toHaveLength(2);
  });
});
