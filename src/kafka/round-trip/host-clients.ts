import type { Context } from '../../context.ts';
import { ActionError, lastLines } from '../../errors.ts';
import type { Command, CommandResult } from '../../host/host.ts';
import { pythonSettings } from '../security/python-settings.ts';
import { type DeliveryCounts, deliveryCounts, type LedgerCounts, type Position } from './delivery.ts';
import { deliveryFault } from './faults.ts';
import type { MissingRecords } from './missing-records.ts';
import { countOffsets, offsetsWithout, parseOffsetRanges } from './offset-ranges.ts';
import { parseProblem, type Script, scriptFailure } from './script-failures.ts';

export interface HostClientsOptions {
  /** Absolute path of the directory that holds producer.py, consumer.py and kafka_env. */
  readonly directory: string;
  readonly bootstrapServers: readonly string[];
  /** What client_settings.py takes, as JSON, where that is not the same as for the runner's clients. */
  readonly settings?: string;
  readonly topic: string;
  readonly group: string;
  readonly runId: string;
  readonly messages: number;
  readonly messageIntervalMs: number;
  readonly timeoutMs: number;
}

export interface HostClientsResult {
  /** Acknowledged by the brokers. */
  readonly produced: number;
  /** Of those, the ones that came back whole. */
  readonly consumed: number;
  readonly counts: DeliveryCounts;
  /** Where the lost messages are; none when nothing is lost. */
  readonly missing?: MissingRecords;
  /** Why a script failed, or what is wrong with the messages. */
  readonly failure?: ActionError;
}

/** The scripts get their deadline as an argument; timeout(1) stops a script that does not keep it. */
const GRACE_MS = 15_000;
/** A consumer that had less time than this may have got nothing because of that. */
const FAIR_CHANCE_MS = 10_000;
/** The exit code of timeout(1) when it had to stop the command. */
const TIMEOUT_EXIT_CODE = 124;

/**
 * The guide's pair on the machine itself: producer.py, then consumer.py, in the virtual environment. The acknowledged set
 * (partitions and offsets, as the brokers told the producer) is compared with the set that the consumer got.
 *
 * @param search finds out where the acknowledged records are when the consumer did not get them
 */
export async function runHostClients(
  context: Context,
  options: HostClientsOptions,
  search: (missing: () => Iterable<Position>) => Promise<MissingRecords>,
): Promise<HostClientsResult> {
  const { messages, messageIntervalMs, group } = options;
  const { clock, log } = context;
  const deadline = clock.now() + options.timeoutMs + messages * messageIntervalMs;
  const interval = ['--interval', `${messageIntervalMs / 1000}`];
  const sending = await runScript(context, options, 'producer.py', interval, deadline);
  const produced = countOf(sending.summary.acknowledged);
  if (sending.result.exitCode !== 0 || produced !== messages) {
    const message = `${produced} of ${messages} messages acknowledged`;
    const counts = deliveryCounts({ ...NOTHING, sent: messages, acknowledged: produced }, produced);
    return { produced, consumed: 0, counts, failure: failed(options, sending, message) };
  }
  const hadItsTime = deadline - clock.now() >= FAIR_CHANCE_MS;
  const start = startArguments(sending.summary.begins);
  const reading = await runScript(context, options, 'consumer.py', [`--group=${group}`, ...start], deadline);
  const others = countOf(reading.summary.others);
  if (others > 0) log.info(`(${others} messages of other runs were passed over)`);
  return compare(options, sending, reading, hadItsTime, search);
}

const NOTHING: LedgerCounts = {
  sent: 0,
  acknowledged: 0,
  consumed: 0,
  duplicated: 0,
  corrupted: 0,
  outOfOrder: 0,
};

async function compare(
  options: HostClientsOptions,
  { summary: sent }: ScriptRun,
  reading: ScriptRun,
  hadItsTime: boolean,
  search: (missing: () => Iterable<Position>) => Promise<MissingRecords>,
): Promise<HostClientsResult> {
  const { messages, topic } = options;
  const { summary: got, result } = reading;
  const acknowledged = parseOffsetRanges(sent.offsets);
  const whole = parseOffsetRanges(got.offsets);
  const corrupted = parseOffsetRanges(got.corruptedOffsets);
  const produced = countOffsets(acknowledged);
  // Nothing is known of what a consumer would have read that could not go on, or that says nothing.
  const isKnown = 'offsets' in got && parseProblem(got.problem) === undefined;
  const notBack = () => offsetsWithout(acknowledged, whole, corrupted);
  const notBackCount = countItems(notBack());
  const missing = isKnown && notBackCount > 0 ? await search(notBack) : undefined;
  const consumed = produced - countItems(offsetsWithout(acknowledged, whole));
  const counts = deliveryCounts(
    {
      ...{ sent: messages, acknowledged: produced, consumed },
      duplicated: countOf(got.duplicated),
      corrupted: countOf(got.corrupted),
      outOfOrder: countOf(got.outOfOrder),
    },
    notBackCount,
    missing,
  );
  const found = { produced, consumed, counts, missing };
  const received = countOf(got.received);
  const isPerfect = result.exitCode === 0 && received === messages && consumed === messages;
  // The script has failed, not the brokers, when it could not even count.
  const interruption = hadItsTime ? undefined : 'consumer.py had too little time left';
  const fault = isKnown ? deliveryFault({ topic, ...found, interruption }) : undefined;
  if (!fault && isPerfect) return found;
  const message = `${received} of ${messages} messages received`;
  const short = interruption === undefined ? message : `${message}: it had too little time left`;
  return { ...found, failure: fault ?? failed(options, reading, short) };
}

function countItems(items: Iterable<unknown>): number {
  let count = 0;
  for (const _ of items) count++;
  return count;
}

type Summary = Readonly<Record<string, unknown>>;

interface ScriptRun {
  readonly script: Script;
  readonly result: CommandResult;
  readonly summary: Summary;
}

async function runScript(
  { host, kafka, clock, log }: Context,
  options: HostClientsOptions,
  script: Script,
  extra: readonly string[],
  deadline: number,
): Promise<ScriptRun> {
  const { directory, settings = pythonSettings(kafka.security) } = options;
  const leftMs = Math.max(1_000, deadline - clock.now());
  log.info(`python ${script}`);
  const command: Command = {
    argv: [
      `${directory}/kafka_env/bin/python`,
      script,
      ...['--bootstrap-servers', options.bootstrapServers.join(',')],
      // In one word each: a topic or a group may begin with a dash.
      ...[`--topic=${options.topic}`, '--run-id', options.runId],
      ...['--messages', `${options.messages}`, '--timeout', (leftMs / 1000).toFixed(1)],
      ...extra,
      ...(settings === undefined ? [] : ['--settings', '-']),
    ],
    // Never an argument, nor in a file: others on the machine see those.
    ...(settings === undefined ? {} : { stdin: settings }),
    cwd: directory,
    timeoutMs: leftMs + GRACE_MS,
    // The summary is its last line.
    mayBeCut: true,
    onLine: line => {
      if (!line.startsWith('{')) log.info(`  ${line}`);
    },
  };
  const result = await host.run(command).catch(stopped);
  return { script, result, summary: parseSummary(result.stdout) };
}

/** Makes a failure of a timeout: a consumer that waits for its group may not keep its deadline. */
function stopped(error: unknown): CommandResult {
  if (!(error instanceof ActionError && error.code === 'command-timeout')) throw error;
  return { exitCode: TIMEOUT_EXIT_CODE, stdout: '', stderr: error.message };
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

/** The consumer need not read what lies before the run's messages. */
function startArguments(begins: unknown): string[] {
  if (typeof begins !== 'object' || begins === null) return [];
  const pairs = Object.entries(begins).map(([partition, offset]) => `${partition}:${countOf(offset)}`);
  return pairs.length > 0 ? ['--start', pairs.join(',')] : [];
}

function failed(
  { topic, group }: HostClientsOptions,
  { script, result, summary }: ScriptRun,
  counted: string,
): ActionError {
  return scriptFailure({ script, topic, group, counted, result, problem: parseProblem(summary.problem) });
}
