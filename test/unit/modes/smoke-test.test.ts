import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { ActionError } from '../../../src/errors.ts';
import { smokeTest } from '../../../src/modes/smoke-test.ts';
import { CLIENTS, KAFKA_PYTHON, pairIn, STACK_IN_MEMORY } from '../support/deployments.ts';
import { containerState, LOOK, lookOutput } from '../support/machine-looks.ts';
import { type Faults, refuses, SERVERS, TOPIC } from '../support/memory-kafka.ts';
import { foreignRecord } from '../support/memory-topic.ts';
import type { Answer, Script } from '../support/scripted-host.ts';
import { runOn } from '../support/sessions.ts';
import { statusOf } from '../support/step-runs.ts';

const NO_PAIR: Script = [
  [/^sh -c \nexec 3>&1/, 0],
  [/^dd |kafka_env/, 1],
];
/** The stack of the action, deployed by whoever, as a project of Docker Compose. */
const PROJECT: Script = [
  [
    /^docker ps --all --filter label=com\.docker\.compose\.project /,
    { stdout: 'docker_exp\t/srv/k\tcompose.yml\n' },
  ],
  [
    /^docker ps --all --filter label=com\.docker\.compose\.project=docker_exp/,
    { stdout: 'k-1\tkafka-broker-1\th\trunning\tUp\n' },
  ],
  [LOOK, { stdout: lookOutput([containerState('kafka-broker-1', { name: 'k-1' })]) }],
  [/head -c .* \/srv\/k\/compose\.yml$/, { stdout: STACK_IN_MEMORY }],
  [/head -c .* \/srv\/k\/\.env$/, 1],
];
const AT: RawInputs = { mode: 'smoke-test', 'bootstrap-servers': SERVERS.join(','), clients: 'runner' };

interface Setting {
  readonly script?: Script;
  readonly faults?: Faults;
  readonly onCommand?: (words: string, abort: AbortController) => void;
}

function prove(inputs: RawInputs, setting: Setting = {}) {
  const run = runOn({ mode: 'smoke-test', ...inputs }, setting);
  return { ...run, report: () => smokeTest(run.config, { ...run.dependencies, clients: CLIENTS }) };
}
/** Commands that change a machine; what the pair itself does is its job. */
const changes = (ran: readonly string[]) =>
  ran.filter(
    words =>
      !/^(sudo )?(dd|cat|sh -c (\n\.|\nexec 3|\[ -f)|docker (ps|logs)|sh -c \nprintf|df|free)|kafka_env\/bin\/python/.test(
        words,
      ),
  );

describe('the smoke test of a cluster that is there', () => {
  it('proves a cluster that is given by its addresses, and leaves nothing behind', async () => {
    const { report, host, ran, cluster } = prove(AT);
    const before = [...cluster.topics.keys()];
    const found = await report();
    expect(found.failure).toBeUndefined();
    expect(found).toMatchObject({ mode: 'smoke-test', result: 'passed', bootstrapServers: SERVERS });
    expect(found.steps.map(({ name }) => name)).toEqual([
      'kafka-ready',
      'topic',
      'smoke-test-runner',
      'probe-topic',
    ]);
    expect(found.steps.every(({ changed }) => !changed)).toBe(true);
    expect(found.runnerClients?.counts).toMatchObject({ acknowledged: 10, consumed: 10 });
    expect(found.cluster).toHaveLength(3);
    expect(found.cluster.every(({ state }) => state === 'up')).toBe(true);
    expect([...cluster.topics.keys()]).toEqual(before);
    expect(cluster.connected).toEqual([]);
    expect(changes(ran())).toEqual([]);
    expect(host.count(/^sudo docker/)).toBe(0);
  });

  it('has no drill for a project with one broker, which is left alone', async () => {
    const single = readFileSync('stacks/kraft-single/docker-compose.yml', 'utf8');
    const script: Script = PROJECT.map(([pattern, ...answers]) =>
      `${pattern}`.includes('yml') ? [pattern, { stdout: single }] : [pattern, ...answers],
    );
    const { report, ran } = prove({ drill: 'broker-restart', clients: 'runner' }, { script });
    const found = await report();
    expect(found.failure).toMatchObject({
      code: 'input-invalid',
      message: expect.stringMatching(/^drill: .* a single broker \(kafka-broker-1\)/),
    });
    expect(found.steps).toEqual([]);
    expect(changes(ran()).filter(words => /docker (stop|restart)/.test(words))).toEqual([]);
  });

  it('notes that the cluster of a project is used, and nothing of one that is given by its addresses', async () => {
    const touched: Script = [[/^touch -c -h -- /, 0]];
    const named = prove({ clients: 'runner' }, { script: [...touched, ...PROJECT] });
    expect((await named.report()).failure).toBeUndefined();
    expect(named.ran()).toContain('touch -c -h -- /home/u/.kafka-al2023/deployments/docker_exp.json');
    const addressed = prove(AT, { script: touched });
    expect((await addressed.report()).failure).toBeUndefined();
    expect(addressed.host.count(/^touch/)).toBe(0);
  });

  it('proves a cluster that is given by its project with the pair on the machine, too, and installs nothing', async () => {
    const { report, ran, cluster, log } = prove({}, { script: [...PROJECT, ...pairIn('/srv/k')] });
    for (let sequence = 0; sequence < 10; sequence++)
      cluster.partition(0).append(foreignRecord({ 'run-id': 'ab12/host', sequence: `${sequence}` }));
    const found = await report();
    expect(found.failure).toBeUndefined();
    expect(found.steps.map(({ name, status }) => `${name} ${status}`)).toEqual(
      [
        'kafka-ready',
        'topic',
        'clients',
        'virtual-environment',
        'smoke-test-host',
        'smoke-test-runner',
        'probe-topic',
      ].map(name => `${name} ${name === 'topic' ? 'unchanged' : 'passed'}`),
    );
    expect(found.hostClients).toMatchObject({ produced: 10, consumed: 10 });
    expect(found.versions).toMatchObject({ 'kafka-python': KAFKA_PYTHON });
    expect(changes(ran())).toEqual([]);
    expect(ran().filter(words => /\bconsumer\.py .*requirements\.txt$/.test(words))).toHaveLength(1);
    expect(log.lines.slice(3, 6)).toEqual([
      'group Cluster',
      'info project docker_exp: /srv/k/compose.yml',
      'endgroup',
    ]);
  });

  it('leaves the pair out where it is missing, and says so', async () => {
    const { report, log } = prove({ clients: 'host,runner' }, { script: [...PROJECT, ...NO_PAIR] });
    const found = await report();
    expect(found.result).toBe('passed');
    expect(found.steps.map(({ name }) => name)).toEqual([
      'kafka-ready',
      'topic',
      'smoke-test-runner',
      'probe-topic',
    ]);
    expect(log.text).toContain(
      'info the Python pair is left out: /srv/k/producer.py is not there (mode deploy would put it there)',
    );
  });

  it.each<[string, Script]>([
    ['is not there', NO_PAIR],
    [
      'is of another version',
      [[/\bimport pathlib, platform, sys\b/, { stdout: '1.0 3.9\n' }], ...pairIn('/home/u/docker_exp')],
    ],
  ])('fails when the pair is all that is asked for and %s', async (_, script) => {
    const { report, cluster } = prove({ ...AT, clients: 'host' }, { script });
    const { failure, result } = await report();
    expect(result).toBe('failed');
    expect(failure).toMatchObject({
      step: 'preparation',
      code: 'python-setup-failed',
      message: expect.stringMatching(/^the Python pair cannot run: /),
      hint: expect.stringContaining('Or set clients to runner'),
    });
    expect(cluster.calls.some(call => /send|create/.test(call))).toBe(false);
  });

  it('fails before anything is tried when the project is not there', async () => {
    const { report, log } = prove({ 'project-name': 'other' }, { script: PROJECT });
    expect((await report()).failure).toMatchObject({ step: 'preparation', code: 'cluster-not-found' });
    expect(log.lines.filter(line => line.startsWith('group'))).toHaveLength(
      log.lines.filter(line => line === 'endgroup').length,
    );
  });

  it('shows the last lines of the containers when it fails', async () => {
    const script: Script = [
      ...PROJECT,
      ...NO_PAIR,
      [/^docker logs /, { stdout: 'FATAL why\n' }],
      [/^(df|free) /, 0],
    ];
    const { report } = prove({}, { script, faults: { before: refuses('producer.send', 'no') } });
    const found = await report();
    expect(found.result).toBe('failed');
    expect(found.failure?.step).toBe('smoke-test-runner');
    expect(found.diagnosis?.logs).toEqual([
      { container: 'k-1', service: 'kafka-broker-1', isRunning: true, lines: ['FATAL why'] },
    ]);
  });
});

describe('the topic of the smoke test', () => {
  it('is made when it is missing, and removed again: nothing has changed', async () => {
    const { report, cluster, log } = prove({ ...AT, topic: 'mine' });
    const found = await report();
    expect(found.failure).toBeUndefined();
    expect(cluster.calls).toContain('admin.createTopics');
    expect([...cluster.topics.keys()]).toEqual([TOPIC]);
    expect(log.text).toContain('info topic mine, which was not there before, is removed again');
    expect(found.steps.filter(({ changed }) => changed)).toEqual([]);
  });

  it('stays when it was there before, with all that is in it', async () => {
    const { report, cluster, log } = prove(AT);
    cluster.partition(0).append(foreignRecord());
    await report();
    expect(cluster.partition(0).from(0)[0]?.value?.toString()).toBe('not ours');
    expect(log.text).not.toContain('removed again');
  });

  it('is removed also when the test fails', async () => {
    const faults = { before: refuses('producer.send', 'no') };
    const { report, cluster } = prove({ ...AT, topic: 'mine' }, { faults });
    expect((await report()).failure?.step).toBe('smoke-test-runner');
    expect([...cluster.topics.keys()]).toEqual([TOPIC]);
  });

  it('counts as a change, with a warning, when it cannot be removed', async () => {
    const faults = { before: refuses('admin.deleteTopics', 'not allowed') };
    const { report, log } = prove({ ...AT, topic: 'mine' }, { faults });
    const found = await report();
    expect(log.warnings).toContain(
      'topic mine was made by this run and could not be removed: the brokers did not do what was asked: not allowed',
    );
    expect(found.steps.filter(({ changed }) => changed).map(({ name }) => name)).toEqual(['topic']);
  });
});

describe('a smoke test that is cancelled', () => {
  const cancelled = new ActionError('cancelled', 'the run was cancelled (SIGINT)');
  const script = (answer: Answer): Script => [
    ...PROJECT,
    ...pairIn('/srv/k').slice(0, 2),
    [/ producer\.py /, answer],
  ];

  it('ends at once, removes the topic that it made, and asks the machine nothing more', async () => {
    const { report, cluster, ran } = prove(
      { topic: 'mine' },
      {
        script: script({ exitCode: 1 }),
        onCommand: (words, abort) => {
          if (words.includes(' producer.py ')) abort.abort(cancelled);
        },
      },
    );
    const found = await report();
    expect(found).toMatchObject({
      result: 'failed',
      failure: { step: 'smoke-test-host', code: 'cancelled' },
    });
    expect(statusOf(found.steps)).toMatchObject({ 'smoke-test-runner': 'failed', 'probe-topic': 'failed' });
    expect([...cluster.topics.keys()]).toEqual([TOPIC]);
    const last = ran().findIndex(words => words.includes(' producer.py '));
    expect(ran().slice(last + 1)).toEqual([]);
    expect(found.cluster).toEqual([]);
  });
});
