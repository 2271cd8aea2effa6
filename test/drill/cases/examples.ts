import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionRun } from '../../../script/run-action.ts';
import { installAct, runWorkflow } from '../../integration/support/act.ts';
import { type Machine, ROOT } from '../../integration/support/lab.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';
import { NO_LOSS } from '../support/kafka-doings.ts';

/** Host keys of a machine under its address in its own network, where SSH has its usual port. */
const knownHosts = ({ knownHostsFile, address }: Machine) =>
  readFileSync(knownHostsFile, 'utf8').replaceAll(/^\S+/gm, address);

/** act runs the example, unchanged. @throws Error when the step after it did not run, or says something else */
async function runExample({ machine, machines }: Scene): Promise<ActionRun> {
  const workflow = await runWorkflow({
    workflow: join(ROOT, 'examples', 'cluster.yml'),
    event: 'workflow_dispatch',
    secrets: { KAFKA_SSH_KEY: readFileSync(machine.keyFile, 'utf8') },
    vars: {
      KAFKA_HOSTS: machines.map(({ address }) => address).join(),
      KAFKA_KNOWN_HOSTS: machines.map(knownHosts).join('\n'),
    },
  });
  const { outputs, summary } = workflow.step('kafka');
  const post = () => Promise.reject(new Error('act runs the post step itself'));
  const { exitCode, log } = workflow;
  return { exitCode, outputs, summary, log, rawLog: log, state: {}, post };
}

const cluster: DrillCase = {
  name: 'example-cluster',
  situation: 'examples/cluster.yml, run by act for three machines on which there is no cluster any more.',
  right: 'One cluster on the three, proven, and the next step of the workflow has its outputs.',
  withinS: 240,
  make: async scene => {
    installAct();
    await scene.action({ mode: 'down', volumes: 'true' });
  },
  run: runExample,
  ends: {
    result: 'passed',
    neverSays: [...NO_LOSS, /::error/],
    outputs: {
      ...{ 'messages-produced': '10', 'messages-consumed': '10', 'host-messages-consumed': '10' },
      'bootstrap-servers': 'localhost:19092,localhost:29092,localhost:39092',
    },
    says: [
      /10 of 10 messages came back from the brokers at localhost:19092,localhost:29092,localhost:39092$/m,
    ],
  },
  also: async (_, { exitCode, outputs, summary }) => {
    if (exitCode !== 0) throw new Error(`act ended with exit code ${exitCode}`);
    if (!/(^|,)stack(,|$)/.test(outputs.changed ?? '')) throw new Error(`changed: ${outputs.changed}`);
    if (!summary.includes('### Machines')) throw new Error('the summary has no row for each machine');
  },
};

export const EXAMPLES: DrillGroup = { name: 'examples', machine: 'three', cases: [cluster] };
