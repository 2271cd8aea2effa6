import { describe, expect, it } from 'vitest';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { plan } from '../../../src/modes/plan.ts';
import { plannedSteps } from '../../../src/report/report.ts';
import { CLIENTS, deployedIn, STACK } from '../support/deployments.ts';
import type { Script } from '../support/scripted-host.ts';
import { runOn, sourceOf } from '../support/sessions.ts';
import { statusOf } from '../support/step-runs.ts';

const COMPOSE_SHA256 = 'ab'.repeat(32);
/** Nothing of the guide is on the machine. */
const BARE: Script = [
  [/^yum .*check-update$/, 100],
  [/^ss /, 0],
  [/^sh -c \ndocker=/, 0],
  [/^sh -c \nexec 3>&1/, 0],
  [/./, { exitCode: 1 }],
];

/** Everything of a deployment, whose note is not the right one. */
const deployed = (composeFile?: string): Script => [
  [/^dd .*\/deployments\/docker_exp\.json$/, { stdout: '{}' }],
  ['sha256sum -- /usr/local/bin/docker-compose', { stdout: COMPOSE_SHA256 }],
  ...deployedIn('/home/u/docker_exp', composeFile),
];

function planOf(inputs: RawInputs, setting: Parameters<typeof runOn>[1] = {}) {
  const pinned = { 'compose-version': 'v2.40.3', 'compose-sha256': COMPOSE_SHA256 };
  const run = runOn({ mode: 'plan', ...pinned, ...inputs }, setting);
  const source = sourceOf(STACK);
  const report = async () =>
    (await plan(run.config, { ...run.dependencies, clients: CLIENTS, schemas: [], source })).report;
  return { ...run, report };
}

/** Words that change a machine. */
const CHANGES =
  /\b(mkdir|chown|rm|mv|touch|yum|dnf|install|systemctl (start|enable|restart)|docker (pull|stop|rm|start)|pull|up --detach|down|venv|curl)\b/;
/** Questions in which such a word stands. */
const QUESTIONS = /check-update$|^sh -c \nrpm -q --queryformat 'installed=/;

describe('mode plan', () => {
  it('plans every step for a bare machine, and does none', async () => {
    const { report, ran, log } = planOf({}, { script: BARE, facts: { docker: '' } });
    const found = await report();
    expect(found.failure).toBeUndefined();
    expect(found).toMatchObject({ mode: 'plan', result: 'passed', environments: [] });
    expect(plannedSteps(found)).toEqual([
      'deployment-record',
      'directory',
      'compose-file',
      'system-update',
      'docker-package',
      'docker-service',
      'compose-binary',
      'images',
      'stack',
      'python-package',
      'clients',
      'virtual-environment',
      'topic',
    ]);
    expect(statusOf(found.steps)).toMatchObject({ machine: 'passed', 'kafka-ready': 'skipped' });
    expect(found.steps.every(({ changed }) => !changed)).toBe(true);
    expect(
      ran()
        .slice(1)
        .filter(words => CHANGES.test(words) && !QUESTIONS.test(words)),
    ).toEqual([]);
    expect(log.text).toContain('/home/u/docker_exp/docker-compose.yml would be made');
    expect(found.steps.map(({ name }) => name)).not.toContain('smoke-test-runner');
  });

  it('ends with its first step on a machine that does not fit', async () => {
    const { report } = planOf({}, { script: BARE, facts: { id: 'debian 12', system: 'Debian' } });
    const found = await report();
    expect(found).toMatchObject({
      result: 'failed',
      failure: { step: 'machine', code: 'not-amazon-linux-2023' },
    });
    expect(found.steps.slice(1).map(({ status }) => status)).toEqual(
      found.steps.slice(1).map(() => 'skipped'),
    );
    expect(plannedSteps(found)).toEqual([]);
  });

  it('shows how a compose file would change', async () => {
    const older = STACK.replace('cp-kafka:7.9.2', 'cp-kafka:7.8.0');
    const { report } = planOf({}, { script: deployed(older) });
    const found = await report();
    const lines = found.steps.find(({ name }) => name === 'compose-file')?.foreseen ?? [];
    expect(lines.filter(line => /^[-+] /.test(line))).toEqual([
      '-    image: confluentinc/cp-kafka:7.8.0',
      '+    image: confluentinc/cp-kafka:7.9.2',
    ]);
  });

  it('gives an environment the same ports as a deployment would', async () => {
    const { report, log, ran } = planOf({ environment: 'pr-42' }, { script: BARE, facts: { docker: '' } });
    await report();
    expect(log.text).toContain(
      'info environment pr-42: ports 2281, 19192, 29192, 39192, 8181, directory docker_exp-pr-42, project docker_exp-pr-42',
    );
    expect(log.text).toContain('/home/u/docker_exp-pr-42/.env would be made (6 lines)');
    expect(
      ran()
        .slice(1)
        .filter(words => CHANGES.test(words) && !QUESTIONS.test(words)),
    ).toEqual([]);
  });

  it('runs nothing in the place of Docker Compose that is not the published one', async () => {
    const planted: Script = [
      [/^sha256sum -- /, { stdout: 'cd'.repeat(32) }],
      [/^sh -c \nothers\(\)/, 0],
      ...deployed(),
    ];
    const { report, ran } = planOf({ 'update-packages': 'false' }, { script: planted });
    const found = await report();
    expect(statusOf(found.steps)).toMatchObject({ 'compose-binary': 'planned', stack: 'planned' });
    expect(ran().filter(words => words.startsWith('sudo /usr/local/bin/docker-compose'))).toEqual([]);
  });

  it('does not wait for Kafka as a deployment does', async () => {
    const { report, cluster } = planOf(
      { 'smoke-timeout': '3600', 'update-packages': 'false' },
      { script: deployed() },
    );
    for (const id of [1, 2, 3]) cluster.stopBroker(id);
    const found = await report();
    expect(statusOf(found.steps)).toMatchObject({ 'compose-file': 'unchanged', stack: 'unchanged' });
    expect(found.failure).toMatchObject({ step: 'kafka-ready', code: 'kafka-not-ready' });
    expect(found.steps.find(({ name }) => name === 'kafka-ready')?.durationMs).toBeLessThan(30_000);
  });
});
