import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import type { NodeStack } from '../compose/deployment/node-plan.ts';
import type { ComposeChoice } from '../config/deployment-inputs.ts';
import type { Task } from '../config/task.ts';
import { openHost } from '../host/open-host.ts';
import { FirstKeys } from '../host/ssh/first-keys.ts';
import { kafkaClients } from '../kafka/client.ts';
import { across } from '../modes/across/across.ts';
import { deploy } from '../modes/deploy.ts';
import { down } from '../modes/down.ts';
import type { ComposeSource } from '../modes/lint.ts';
import { plan } from '../modes/plan.ts';
import type { Outcome, RunDependencies } from '../modes/run.ts';
import { smokeTest } from '../modes/smoke-test.ts';
import { sweep } from '../modes/sweep.ts';
import type { TunnelDependencies } from '../modes/tunnel.ts';
import type { Clients } from '../steps/deploy/clients.ts';
import type { Runner } from './runner.ts';
import { readSchemaFiles } from './schema-files.ts';
import { STATE } from './state.ts';
import * as core from './workflow-commands.ts';

/** Does what the inputs ask for on a machine. */
export async function performOnMachine(
  task: Exclude<Task, { mode: 'lint' }>,
  runner: Runner,
  workspace: string,
  sourceOf: (choice: ComposeChoice) => ComposeSource,
): Promise<Outcome> {
  const { root } = runner;
  const { mode, config } = task;
  const dependencies: RunDependencies & TunnelDependencies = {
    ...runner,
    clock: systemClock,
    env: process.env,
    firstKeys: new FirstKeys({}, shown => core.saveState(STATE.hostKeys, shown)),
    openHost,
    kafkaClients,
    tunnelProgram: join(root, 'dist', 'tunnel', 'index.js'),
    onTunnel: state => core.saveState(STATE.tunnel, state),
  };
  if (config.machines) {
    const further = {
      clients: readClients(root),
      schemas: readSchemaFiles(config.schemas, workspace),
      stack: readNodeStack(root),
      onDeploying: () => core.saveState(STATE.deploying, 'true'),
    };
    return { report: await across(config, config.machines, { ...dependencies, ...further }) };
  }
  if (config.sweep) return { report: await sweep(config, config.sweep, dependencies) };
  switch (mode) {
    case 'deploy':
      return deploy(config, {
        ...dependencies,
        clients: readClients(root),
        schemas: readSchemaFiles(config.schemas, workspace),
        source: sourceOf(config.compose),
        onDeploying: () => core.saveState(STATE.deploying, 'true'),
      });
    case 'plan':
      return plan(config, {
        ...dependencies,
        clients: readClients(root),
        schemas: readSchemaFiles(config.schemas, workspace),
        source: sourceOf(config.compose),
      });
    case 'smoke-test':
      return { report: await smokeTest(config, { ...dependencies, clients: readClients(root) }) };
    case 'down':
      return { report: await down(config, dependencies) };
  }
}

function readNodeStack(root: string): NodeStack {
  const read = (name: string) => readFileSync(join(root, 'stacks', 'kraft-node', name), 'utf8');
  return {
    node: read('docker-compose.yml'),
    registry: read('docker-compose.schema-registry.yml'),
    rack: read('docker-compose.rack.yml'),
  };
}

function readClients(root: string): Clients {
  const read = (name: string) => readFileSync(join(root, 'client', name), 'utf8');
  return {
    producer: read('producer.py'),
    consumer: read('consumer.py'),
    settings: read('client_settings.py'),
    requirements: read('requirements.txt'),
    codecs: read('requirements-codecs.txt'),
  };
}
