import fc from 'fast-check';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { AnswerReader, newMarks } from '../../../src/host/marks.ts';
import { OutputCollector } from '../../../src/host/output.ts';
import { parseRecords } from '../../../src/machine/deployment-records.ts';
import { parseLock } from '../../../src/machine/lock/holder.ts';
import { deploy } from '../../../src/modes/deploy.ts';
import { down } from '../../../src/modes/down.ts';
import { plan } from '../../../src/modes/plan.ts';
import { outputsOf } from '../../../src/report/outputs.ts';
import type { Report } from '../../../src/report/report.ts';
import { summaryOf } from '../../../src/report/summary/summary.ts';
import { CLIENTS, deployedIn, STACK_IN_MEMORY } from '../support/deployments.ts';
import { runOn, sourceOf } from '../support/sessions.ts';
import { lies, lying } from './hostile-host.ts';
import { hostile } from './mutations.ts';
import { type Target, target } from './target.ts';

const record = {
  ...{
    version: 1,
    project: 'docker_exp-pr-1',
    directory: '/home/u/docker_exp-pr-1',
    files: ['docker-compose.yml'],
  },
  ...{
    services: ['kafka-broker-1'],
    environment: 'pr-1',
    portShift: 100,
    ports: [8181],
    run: 'https://example.org',
  },
};
const lock =
  'state=held\ntoken=ab12\nwho=a run on x\nmode=deploy\nsince=2026-01-01T00:00:00Z\nlimit=1800\nsilent=3\n';
const marks = newMarks();
const noted = `0 docker_exp-pr-1.json ${JSON.stringify(record)}\n`;
const framed = ['shell', 'command', 'end:0'].map(name => `${marks.token}o:${name};`).join('text\n');

const MODES: readonly RawInputs[] = [
  { mode: 'plan' },
  { mode: 'plan', environment: 'pr-2' },
  { mode: 'down', volumes: 'true' },
  { mode: 'down', volumes: 'true', environment: 'pr-1' },
  { mode: 'deploy' },
];
const pinned = { 'compose-version': 'v2.40.3', 'compose-sha256': 'ab'.repeat(32) };

/** A run whose machine lies here and there: it ends with a report that can be shown, whatever comes back. */
async function runOnLiar([inputs, byPlace]: [RawInputs, Parameters<typeof lying>[1]]): Promise<void> {
  const { config, dependencies, host, abort } = runOn(
    { ...pinned, ...inputs },
    { script: deployedIn('/home/u/docker_exp', STACK_IN_MEMORY), records: [record] },
  );
  const own = { ...dependencies, openHost: async () => lying(host, byPlace) };
  const sources = {
    ...own,
    clients: CLIENTS,
    schemas: [],
    source: sourceOf(STACK_IN_MEMORY),
    onDeploying: () => {},
  };
  const runs: Record<string, () => Promise<Report>> = {
    plan: async () => (await plan(config, sources)).report,
    down: () => down(config, own),
    deploy: async () => (await deploy(config, sources)).report,
  };
  const report = await runs[config.mode]?.();
  abort.abort();
  if (report === undefined) throw new Error(`no report of ${config.mode}`);
  if (report.failure?.code === 'internal') throw new Error(report.failure.message);
  outputsOf(report);
  summaryOf(report);
  JSON.stringify(report);
}

/** What a machine says, which may belong to anybody. */
export const MACHINES: readonly Target[] = [
  target({
    name: 'the records of deployments',
    input: hostile(noted),
    take: output => parseRecords(output, '/home/u'),
    runs: 3_000,
  }),
  target({ name: 'the record of the lock', input: hostile(lock), take: parseLock, runs: 3_000 }),
  target({
    name: 'an answer in its frame',
    input: hostile(framed),
    take: text => {
      const reader = new AnswerReader(marks, 'o', new OutputCollector(() => {}));
      reader.write(Buffer.from(text));
      reader.close();
    },
    runs: 2_000,
  }),
  target({
    name: 'all answers of a run',
    input: fc.tuple(fc.constantFrom(...MODES), lies),
    take: runOnLiar,
    runs: 40,
  }),
];
