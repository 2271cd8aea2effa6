import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../../src/config/config.ts';
import type { RawInputs } from '../../../../src/config/inputs.ts';
import type { Machine } from '../../../../src/machine/facts.ts';
import { deploySteps } from '../../../../src/steps/deploy/steps.ts';
import { smokeTestSteps } from '../../../../src/steps/smoke-test/steps.ts';
import type { StepName } from '../../../../src/steps/step.ts';
import { rowsOf } from '../../report/markdown-reading.ts';
import { deploymentOf } from '../../support/stacks.ts';

const assets = {
  deployment: deploymentOf(readFileSync('stacks/zookeeper/docker-compose.yml', 'utf8')),
  producer: readFileSync('client/producer.py', 'utf8'),
  consumer: readFileSync('client/consumer.py', 'utf8'),
  settings: readFileSync('client/client_settings.py', 'utf8'),
  requirements: readFileSync('client/requirements.txt', 'utf8'),
  codecs: readFileSync('client/requirements-codecs.txt', 'utf8'),
};
const machine = { home: '/home/ec2-user', architecture: 'x86_64' } as Machine;

function stepsFor(inputs: RawInputs, facts: Partial<Machine> = {}) {
  const config = parseConfig({ host: 'localhost', ...inputs }, () => '');
  const note = () => {};
  const project = { name: 'd', directory: '/d', composeFiles: ['docker-compose.yml'] };
  const smokeTest = smokeTestSteps({
    ...{ config: config.smokeTest, project, runId: 'ab12', note },
    directory: project.directory,
    cluster: assets.deployment.cluster,
  });
  const schemas = config.schemas.map(schema => ({ ...schema, text: '{}' }));
  const options = {
    assets,
    project,
    machine: { ...machine, ...facts },
    run: undefined,
    portShift: 0,
    schemas,
    note,
  };
  return [...deploySteps(config, options), ...smokeTest];
}

describe('the steps of a deployment', () => {
  it("make the user's topics before that of the smoke test, and register schemas", () => {
    const steps = stepsFor({ topics: 'orders:6', schemas: 'orders-value=a.avsc' });
    const at = steps.findIndex(({ name }) => name === 'kafka-ready');
    expect(steps.slice(at + 1, at + 4).map(({ name }) => name)).toEqual(['topics', 'topic', 'schemas']);
    expect(steps.find(({ name }) => name === 'topic')?.needs).toEqual(['topics']);
  });

  it("are the guide's, in its order", () => {
    expect(stepsFor({}).map(({ name }) => name)).toEqual([
      ...['machine', 'deployment-record', 'directory', 'compose-file', 'system-update', 'docker-package'],
      'docker-service',
      ...['compose-binary', 'images', 'stack', 'python-package', 'clients', 'virtual-environment'],
      ...['kafka-ready', 'topic', 'smoke-test-host', 'smoke-test-runner', 'probe-topic'],
    ]);
  });

  it('are in the table of docs/steps.md, in the same order', () => {
    const inTable = rowsOf(readFileSync('docs/steps.md', 'utf8')).map(([, step]) => step);
    const names = stepsFor({ drill: 'broker-restart', 'http-proxy': 'http://p:1' }).map(
      ({ name }) => `\`${name}\``,
    );
    expect(inTable.filter(step => names.includes(step ?? ''))).toEqual(names);
  });

  it.each<RawInputs>([
    {},
    { 'update-packages': 'false' },
    { clients: 'runner' },
    { clients: 'host' },
    { drill: 'broker-restart' },
    { clients: 'host', drill: 'broker-restart' },
  ])('have different names and need only those before them, for %j', inputs => {
    const names: string[] = [];
    for (const { name, needs, title } of stepsFor(inputs)) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(title).not.toBe('');
      expect(names).not.toContain(name);
      for (const need of needs) expect(names).toContain(need);
      names.push(name);
    }
  });

  it('do not update the system when they are told not to', () => {
    const steps = stepsFor({ 'update-packages': 'false' });
    expect(steps.map(({ name }) => name)).not.toContain('system-update');
    expect(steps.find(({ name }) => name === 'docker-package')?.needs).toEqual(['machine']);
  });

  it('set a proxy before the first download, and take back that of an earlier run', () => {
    const inputs = { 'update-packages': 'false' };
    for (const steps of [
      stepsFor({ ...inputs, 'http-proxy': 'http://proxy.example:3128' }),
      stepsFor(inputs, { hasProxy: true }),
    ]) {
      const needsOf = (name: StepName) => steps.find(step => step.name === name)?.needs;
      expect(needsOf('docker-package')).toEqual(['proxy']);
      expect(needsOf('compose-binary')).toEqual(['proxy']);
    }
    const steps = stepsFor({}, { hasProxy: true });
    expect(steps.find(({ name }) => name === 'system-update')?.needs).toEqual(['proxy']);
    expect(stepsFor({}).map(({ name }) => name)).not.toContain('proxy');
  });

  it('let one package be installed at a time, because yum holds a lock', () => {
    const steps = new Map(stepsFor({}).map(step => [step.name, step]));
    const waitsFor = (name: StepName): StepName[] =>
      [...(steps.get(name)?.needs ?? []), ...(steps.get(name)?.needsToApply ?? [])].flatMap(need => [
        need,
        ...waitsFor(need),
      ]);
    const packages = ['system-update', 'docker-package', 'python-package'] as const;
    for (const [index, name] of packages.entries()) {
      for (const earlier of packages.slice(0, index)) expect(waitsFor(name)).toContain(earlier);
    }
  });
});
