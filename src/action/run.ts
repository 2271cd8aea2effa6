import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@actions/core';
import { systemClock } from '../clock.ts';
import { readDeployment } from '../compose/deployment.ts';
import { type Config, parseTask } from '../config.ts';
import { deploy } from '../deploy.ts';
import type { ComposeChoice } from '../deployment-inputs.ts';
import { ActionError, toActionError } from '../errors.ts';
import { type RawInputs, SECRET_INPUTS } from '../inputs.ts';
import { silenceKafkaWarnings } from '../kafka/client.ts';
import { judge } from '../lint/judge.ts';
import type { GroupedLogger } from '../log.ts';
import { emptyReport, failedBeforeStart, type Report } from '../report/report.ts';
import type { Assets } from '../steps/deploy-steps.ts';
import { readInputs } from './inputs.ts';
import { logJudgement, refusalOf } from './lint-log.ts';
import { actionLogger } from './logger.ts';
import { type Outcome, publish } from './publish.ts';
import { Secrets } from './secrets.ts';
import { type ComposeSource, readComposeFiles, writeComposeFiles } from './workspace.ts';

/**
 * One run of the action, from its inputs to its outputs and exit code.
 * @param root the folder that holds stacks/ and client/
 */
export async function run(root: string): Promise<void> {
  silenceKafkaWarnings(process);
  const secrets = new Secrets(core.setSecret);
  const outcome = await outcomeOf(readInputs(), root, secrets);
  await publish(outcome, secrets.redact);
}

interface Run {
  readonly root: string;
  readonly runId: string;
  readonly startedAt: Date;
  readonly log: GroupedLogger;
}

async function outcomeOf(inputs: RawInputs, root: string, secrets: Secrets): Promise<Outcome> {
  const log = actionLogger(secrets.redact);
  const run: Run = { root, log, runId: randomBytes(4).toString('hex'), startedAt: new Date() };
  for (const name of SECRET_INPUTS) secrets.add(inputs[name]);
  try {
    const task = parseTask(inputs, path => readSecretFile(path, secrets));
    if (task.mode === 'lint') return lint(task.compose, run);
    for (const key of privateKeysOf(task.config)) secrets.add(key);
    return await judgeAndDeploy(task.config, run);
  } catch (error) {
    return { report: failedBeforeStart(toActionError(error), run) };
  }
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

/** A user's own compose files are judged before the machine is touched. */
async function judgeAndDeploy(config: Config, run: Run): Promise<Outcome> {
  const source = readComposeFiles(config.compose, run.root, workspaceOf(process.env));
  const own = source.isOwn ? judged(config.compose, source, run) : undefined;
  const known = own ? { lint: own.judgement } : {};
  const findings = own?.findings ?? [];
  try {
    const refusal = own && refusalOf(own.judgement);
    if (refusal) throw refusal;
    const deployment = readDeployment(own?.files ?? source.files, { readFile: source.readFile });
    const report = await deploy(config, {
      ...{ ...run, clock: systemClock, environment: process.env },
      assets: { deployment, ...readClients(run.root) },
      cancelled: cancellation(process),
    });
    return { report: { ...report, ...known }, findings };
  } catch (error) {
    return {
      report: { ...failedBeforeStart(toActionError(error), run, { step: 'lint' }), ...known },
      findings,
    };
  }
}

function judged({ lintLevel, fix }: ComposeChoice, { files, readFile }: ComposeSource, { log }: Run) {
  const { judgement, remaining, files: texts } = judge(files, { level: lintLevel, fix, readFile });
  logJudgement(log, judgement);
  return { judgement, findings: remaining, files: texts };
}

const workspaceOf = (environment: NodeJS.ProcessEnv) => environment.GITHUB_WORKSPACE || process.cwd();

/**
 * A cancelled job gets SIGINT, SIGTERM 7.5 s later, and 2.5 s after that its end (actions/runner, ProcessInvoker): the time
 * is for undoing what must not stay, and for the outputs.
 */
function cancellation(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () =>
      controller.abort(new ActionError('cancelled', `the run was cancelled (${signal})`)),
    );
  return controller.signal;
}

/** As they were repaired or converted: other text than the inputs. */
function privateKeysOf({ connection }: Config): string[] {
  if (connection.kind === 'local') return [];
  const { privateKey, via } = connection.target;
  return via?.kind === 'jump-host' ? [privateKey, via.target.privateKey] : [privateKey];
}

function readSecretFile(path: string, secrets: Secrets): string {
  const text = readFileSync(path, 'utf8');
  secrets.add(text);
  return text;
}

function readClients(root: string): Omit<Assets, 'deployment'> {
  const read = (name: string) => readFileSync(join(root, 'client', name), 'utf8');
  return {
    producer: read('producer.py'),
    consumer: read('consumer.py'),
    requirements: read('requirements.txt'),
  };
}
