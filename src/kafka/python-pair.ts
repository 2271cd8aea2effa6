import { ActionError, lastLines } from '../errors.ts';
import type { Command, CommandResult, Host } from '../host/host.ts';
import type { Logger } from '../log.ts';

export interface PythonPairOptions {
  readonly host: Host;
  /** Absolute path of the directory that holds producer.py, consumer.py and kafka_env. */
  readonly directory: string;
  readonly bootstrapServers: readonly string[];
  readonly topic: string;
  readonly group: string;
  readonly runId: string;
  readonly messages: number;
  readonly messageIntervalMs: number;
  readonly timeoutMs: number;
  readonly log: Logger;
}

export interface PythonPairResult {
  /** Acknowledged by the brokers. */
  readonly produced: number;
  readonly consumed: number;
  /** Why a script failed, if one did. */
  readonly failure?: ActionError;
}

/** The scripts get their deadline as an argument; timeout(1) is for one that does not keep it. */
const GRACE_MS = 15_000;

/** The guide's pair on the machine itself: producer.py, then consumer.py, in the virtual environment. */
export async function runPythonPair(options: PythonPairOptions): Promise<PythonPairResult> {
  const { messages, messageIntervalMs, group } = options;
  const sending = await runScript(
    options,
    'producer.py',
    ['--interval', `${messageIntervalMs / 1000}`],
    messages * messageIntervalMs,
  );
  const produced = Number(sending.summary?.acknowledged ?? 0);
  if (sending.result.exitCode !== 0) {
    const problem = typeof sending.summary?.problem === 'string' ? `: ${sending.summary.problem}` : '';
    return {
      produced,
      consumed: 0,
      failure: failed(
        'producer.py',
        `${produced} of ${messages} messages acknowledged${problem}`,
        sending.result,
      ),
    };
  }
  const reading = await runScript(options, 'consumer.py', ['--group', group], 0);
  const consumed = Number(reading.summary?.received ?? 0);
  const others = Number(reading.summary?.others ?? 0);
  if (others > 0) options.log.info(`(${others} messages of other runs were passed over)`);
  if (reading.result.exitCode === 0) return { produced, consumed };
  return {
    produced,
    consumed,
    failure: failed('consumer.py', `${consumed} of ${produced} messages received`, reading.result),
  };
}

type Summary = Readonly<Record<string, unknown>>;

async function runScript(
  options: PythonPairOptions,
  script: string,
  extra: readonly string[],
  plannedMs: number,
): Promise<{ result: CommandResult; summary: Summary | undefined }> {
  const { host, directory, log } = options;
  const deadlineMs = options.timeoutMs + plannedMs;
  log.info(`python ${script}`);
  const command: Command = {
    argv: [
      `${directory}/kafka_env/bin/python`,
      script,
      ...['--bootstrap-servers', options.bootstrapServers.join(',')],
      ...['--topic', options.topic, '--run-id', options.runId],
      ...['--messages', `${options.messages}`, '--timeout', `${deadlineMs / 1000}`],
      ...extra,
    ],
    cwd: directory,
    timeoutMs: deadlineMs + GRACE_MS,
    onLine: line => {
      if (!line.startsWith('{')) log.info(`  ${line}`);
    },
  };
  const result = await host.run(command);
  return { result, summary: parseSummary(result.stdout) };
}

/** The scripts' last line. */
function parseSummary(stdout: string): Summary | undefined {
  try {
    return JSON.parse(lastLines(stdout, 1).join('')) as Summary;
  } catch {
    return undefined;
  }
}

function failed(script: string, message: string, { stdout, stderr, exitCode }: CommandResult): ActionError {
  return new ActionError(
    'host-client-failed',
    `${script} on the machine: ${message} (exit code ${exitCode})`,
    {
      details: lastLines(`${stdout}\n${stderr}`, 15),
    },
  );
}
