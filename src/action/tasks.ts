import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@actions/core';
import { systemClock } from '../clock.ts';
import { deploymentAt } from '../compose/deployment/port-shift.ts';
import type { Config, MachineMode, Task } from '../config/config.ts';
import type { ComposeChoice } from '../config/deployment-inputs.ts';
import { toActionError } from '../errors.ts';
import { openHost } from '../host/open-host.ts';
import { kafkaClients } from '../kafka/client.ts';
import { judge } from '../lint/judge.ts';
import type { GroupedLogger } from '../log.ts';
import { deploy } from '../modes/deploy.ts';
import { down } from '../modes/down.ts';
import { plan } from '../modes/plan.ts';
import type { RunDependencies } from '../modes/session.ts';
import { type SmokeTestDependencies, smokeTest } from '../modes/smoke-test.ts';
import { emptyReport, failedBeforeStart, type Report } from '../report/report.ts';
import type { Clients } from '../steps/deploy/steps.ts';
import { logJudgement, refusalOf } from './lint-log.ts';
import type { Outcome } from './publish.ts';
import { STATE } from './state.ts';
import { openTunnel, refuseObstacle, tunnelObstacle } from './tunnel.ts';
import { type ComposeSource, readComposeFiles, writeComposeFiles } from './workspace.ts';

/** What a task needs from the runner. */
export interface Run {
  /** Folder of the action, which holds stacks/ and client/. */
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
export async function perform(task: Task, run: Run): Promise<Outcome> {
  if (task.mode === 'lint') return lint(task.compose, run);
  const { config } = task;
  const dependencies: RunDependencies = {
    ...run,
    ...{ clock: systemClock, env: process.env, openHost, kafkaClients },
  };
  if (task.mode === 'down') return { report: await down(config, dependencies) };
  const clients = readClients(run.root);
  if (task.mode === 'smoke-test') return { report: await prove(config, run, { ...dependencies, clients }) };
  return judgeAndDeploy(task.mode, config, run, { ...dependencies, clients });
}

/** Judges the user's compose files; `fix` writes them back. */
function lint(choice: ComposeChoice, run: Run): Outcome {
  const workspace = workspaceOf(process.env);
  const { judgement, findings, files } = judged(choice, readComposeFiles(choice, run.root, workspace), run);
  if (choice.fix) writeComposeFiles(files, workspace);
  const refusal = refusalOf(judgement);
  const report: Report = refusal
    ? failedBeforeStart(refusal, run, { mode: 'lint', step: 'lint' })
    : { ...emptyReport('lint', run), result: 'passed' };
  const durationMs = Date.now() - run.startedAt.getTime();
  return { report: { ...report, lint: judgement, durationMs }, findings };
}

/** Proves a cluster that is there, and opens the way to it. */
async function prove(config: Config, run: Run, dependencies: SmokeTestDependencies): Promise<Report> {
  const obstacle = config.cluster && (await tunnelObstacle(config, config.cluster));
  if (obstacle) return failedBeforeStart(obstacle, run, { mode: 'smoke-test', step: 'tunnel' });
  return openTunnel(await smokeTest(config, dependencies), config, run);
}

/** A user's own compose files are judged before the machine is touched. */
async function judgeAndDeploy(
  mode: Extract<MachineMode, 'deploy' | 'plan'>,
  config: Config,
  run: Run,
  dependencies: RunDependencies & { readonly clients: Clients },
): Promise<Outcome> {
  const source = readComposeFiles(config.compose, run.root, workspaceOf(process.env));
  const own = source.isOwn ? judged(config.compose, source, run) : undefined;
  const known = own ? { lint: own.judgement } : {};
  const findings = own?.findings ?? [];
  try {
    const refusal = own && refusalOf(own.judgement);
    if (refusal) throw refusal;
    const files = own?.files ?? source.files;
    const deployment = (shift: number) => deploymentAt(files, { readFile: source.readFile }, shift);
    // What cannot be deployed is told before the machine is touched; an environment has its ports moved.
    const { cluster } = deployment(config.environment === undefined ? 0 : 1);
    const obstacle = config.environment === undefined && (await tunnelObstacle(config, cluster));
    if (obstacle)
      return {
        report: { ...failedBeforeStart(obstacle, run, { mode, step: 'tunnel' }), ...known },
        findings,
      };
    const sources = { deploymentAt: deployment, approve: refuseObstacle(config) };
    if (mode === 'deploy') core.saveState(STATE.deploying, 'true');
    const report = await { deploy, plan }[mode](config, { ...dependencies, ...sources });
    return { report: { ...(await openTunnel(report, config, run)), ...known }, findings };
  } catch (error) {
    const report = failedBeforeStart(toActionError(error), run, { mode, step: 'lint' });
    return { report: { ...report, ...known }, findings };
  }
}

function judged({ lintLevel, fix }: ComposeChoice, { files, readFile }: ComposeSource, { log }: Run) {
  const { judgement, remaining, files: texts } = judge(files, { level: lintLevel, fix, readFile });
  logJudgement(log, judgement);
  return { judgement, findings: remaining, files: texts };
}

const workspaceOf = (env: NodeJS.ProcessEnv) => env.GITHUB_WORKSPACE || process.cwd();

function readClients(root: string): Clients {
  const read = (name: string) => readFileSync(join(root, 'client', name), 'utf8');
  return {
    producer: read('producer.py'),
    consumer: read('consumer.py'),
    requirements: read('requirements.txt'),
  };
}
