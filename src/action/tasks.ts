import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@actions/core';
import { systemClock } from '../clock.ts';
import type { Task } from '../config/config.ts';
import type { ComposeChoice } from '../config/deployment-inputs.ts';
import { openHost } from '../host/open-host.ts';
import { FirstKeys } from '../host/ssh/first-keys.ts';
import { kafkaClients } from '../kafka/client.ts';
import type { GroupedLogger } from '../log.ts';
import { deploy } from '../modes/deploy.ts';
import { down } from '../modes/down.ts';
import { lint } from '../modes/lint.ts';
import { plan } from '../modes/plan.ts';
import type { Outcome, RunDependencies } from '../modes/run.ts';
import { smokeTest } from '../modes/smoke-test.ts';
import type { TunnelDependencies } from '../modes/tunnel.ts';
import type { Clients } from '../steps/deploy/clients.ts';
import { isOfPullRequest } from './pull-request.ts';
import { readSchemaFiles } from './schema-files.ts';
import { STATE } from './state.ts';
import { readComposeFiles, writeComposeFiles } from './workspace.ts';

/** What a task needs from the runner. */
export interface Runner {
  /** Folder of the action, which holds stacks/, client/ and dist/. */
  readonly root: string;
  readonly runId: string;
  readonly startedAt: Date;
  readonly log: GroupedLogger;
  /** Blanks the secrets in a text. */
  readonly redact: (text: string) => string;
  /** Aborted when the job is cancelled. */
  readonly cancelled: AbortSignal;
}

/** Does what the inputs ask for. */
export async function perform(task: Task, runner: Runner): Promise<Outcome> {
  const { root } = runner;
  const workspace = process.env.GITHUB_WORKSPACE || process.cwd();
  const sourceOf = (choice: ComposeChoice) => {
    const texts = readComposeFiles(choice, root, workspace);
    return { ...texts, isOfPullRequest: texts.isOwn && isOfPullRequest(process.env) };
  };
  if (task.mode === 'lint')
    return lint(task.compose, {
      ...runner,
      source: sourceOf(task.compose),
      writeFiles: files => writeComposeFiles(files, workspace),
    });
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
