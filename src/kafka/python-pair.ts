import type { Clock } from '../clock.ts';
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
  readonly clock: Clock;
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
  const { messages, messageIntervalMs, group, clock, log } = options;
  const deadline = clock.now() + options.timeoutMs + messages * messageIntervalMs;
  const interval = ['--interval', `${messageIntervalMs / 1000}`];
  const sending = await runScript(options, 'producer.py', interval, deadline);
  const produced = countOf(sending.summary.acknowledged);
  if (sending.result.exitCode !== 0 || produced !== messages) {
    const problem = typeof sending.summary.problem === 'string' ? `: ${sending.summary.problem}` : '';
    const message = `${produced} of ${messages} messages acknowledged${problem}`;
    return { produced, consumed: 0, failure: failed('producer.py', message, sending.result) };
  }
  const reading = await runScript(options, 'consumer.py', ['--group', group], deadline);
  const consumed = countOf(reading.summary.received);
  const others = countOf(reading.summary.others);
  if (others > 0) log.info(`(${others} messages of other runs were passed over)`);
  if (reading.result.exitCode === 0 && consumed === messages) return { produced, consumed };
  const message = `${consumed} of ${produced} messages received`;
  return { produced, consumed, failure: failed('consumer.py', message, reading.result) };
}

type Summary = Readonly<Record<string, unknown>>;

async function runScript(
  options: PythonPairOptions,
  script: string,
  extra: readonly string[],
  deadline: number,
): Promise<{ result: CommandResult; summary: Summary }> {
  const { host, directory, clock, log } = options;
  const leftMs = Math.max(1_000, deadline - clock.now());
  log.info(`python ${script}`);
  const command: Command = {
    argv: [
      `${directory}/kafka_env/bin/python`,
      script,
      ...['--bootstrap-servers', options.bootstrapServers.join(',')],
      ...['--topic', options.topic, '--run-id', options.runId],
      ...['--messages', `${options.messages}`, '--timeout', (leftMs / 1000).toFixed(1)],
      ...extra,
    ],
    cwd: directory,
    timeoutMs: leftMs + GRACE_MS,
    onLine: line => {
      if (!line.startsWith('{')) log.info(`  ${line}`);
    },
  };
  const result = await host.run(command);
  return { result, summary: parseSummary(result.stdout) };
}

const countOf = (value: unknown) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : 0);

/** The scripts' last line. */
function parseSummary(stdout: string): Summary {
  try {
    const summary: unknown = JSON.parse(lastLines(stdout, 1).join(''));
    return typeof summary === 'object' && summary !== null ? (summary as Summary) : {};
  } catch {
    return {};
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
