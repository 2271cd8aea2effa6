import type { KafkaModel } from '../../compose/kafka/kafka-model.ts';
import { shown } from '../../compose/reader/checks/unset.ts';
import type { Service } from '../../compose/reader/model.ts';
import { missingPrograms, programOf } from '../commands/missing-programs.ts';
import { removedOptions } from '../commands/removed-options.ts';
import { type ContainerCommand, healthcheckCommand } from '../commands/service-command.ts';
import type { ShellCommand } from '../commands/shell-script.ts';
import { imageOf, isBefore } from '../images/service-image.ts';
import type { LintContext } from '../rule.ts';
import { addressesIn } from './addresses.ts';
import { formFault } from './form.ts';
import { answersWord, FOUR_LETTER_WORDS, refusalOf } from './four-letter-words.ts';
import { type AtAddress, atAddress } from './open-ports.ts';
import { endsWithSearch, finds, searchOf } from './search.ts';
import { leavesTime, leavesTimeForJava } from './timing.ts';

/** Whether the health check of a service can pass. */
export type Verdict =
  | { readonly canPass: 'yes' | 'unknown' }
  | { readonly canPass: 'no'; readonly reason: string; readonly hint: string; readonly word?: string };

const YES: Verdict = { canPass: 'yes' };
const UNKNOWN: Verdict = { canPass: 'unknown' };

/**
 * Judges the health check that the files give a service: `yes` and `no` only when that is certain from its image, its settings and
 * the time it leaves, so that others can be made to wait for it or be told that it never passes.
 */
export function canPass(service: Service, context: LintContext): Verdict {
  const command = healthcheckCommand(service);
  if (!command) return UNKNOWN;
  const refused = cannotRun(service, command);
  if (refused) return refused;
  const { script } = command;
  const form = formFault(command);
  if (form?.outcome === 'fails') return { canPass: 'no', ...form };
  const word = refusedWord(service, command);
  if (word) return word;
  if (form && !isPlainlyGood(script.commands)) return UNKNOWN;
  if (!script.isPlain) return UNKNOWN;
  const pipelines = pipelinesOf(script.commands);
  if (!pipelines) return UNKNOWN;
  const verdicts = pipelines.map(pipeline => judge(pipeline, service, command, context));
  const no = verdicts.find(verdict => verdict.canPass === 'no');
  if (no) return no;
  return verdicts.every(verdict => verdict.canPass === 'yes') && leavesTime(service) ? YES : UNKNOWN;
}

/** A program that is not there, whatever the rest of the script says. */
function cannotRun(
  service: Service,
  { script, raw, isOneWord, shell }: ContainerCommand,
): Verdict | undefined {
  if (isOneWord) {
    const reason = `after CMD each word is an item of its own, and no program is called "${raw}"`;
    return { canPass: 'no', reason, hint: 'Write CMD-SHELL, or each word as an item.' };
  }
  const [missing] = missingPrograms(service, script, raw);
  const last = script.commands.at(-1);
  // Without the program its output is empty: nothing is found in it.
  const decides = script.isPlain && script.commands.every(each => each.operator !== ';') && last;
  if (missing && decides && (endsWithSearch(script.commands) || isDecisive(script.commands, missing.program)))
    return {
      canPass: 'no',
      reason: `the image has no ${missing.program}`,
      hint: missing.instead,
      word: missing.program,
    };
  const [removed] = removedOptions(service, script);
  if (removed && decides && (endsWithSearch(script.commands) || isDecisive(script.commands, removed.program)))
    return {
      canPass: 'no',
      reason: `in this image ${removed.program} has no ${removed.option}`,
      hint: removed.instead,
      word: removed.option,
    };
  const agent = agentOf(service);
  if (
    agent &&
    script.isPlain &&
    script.commands.some(({ words }) => isJavaTool(words)) &&
    !/KAFKA_OPTS/.test(raw)
  )
    return {
      canPass: 'no',
      reason: 'the tool takes KAFKA_OPTS too, and its agent finds its port taken',
      hint: 'Write CMD-SHELL with KAFKA_OPTS= before the tool.',
    };
  const family = imageOf(service)?.family;
  const hasPlainShell = family === 'apache' || family === 'zookeeper' || family === 'wurstmeister';
  if (shell === 'sh' && hasPlainShell && script.isPlain && /\/dev\/tcp\//.test(raw) && !/\|\|/.test(raw))
    return {
      canPass: 'no',
      reason: 'the sh of this image knows no /dev/tcp',
      hint: 'Write ["CMD", "bash", "-c", "…"].',
      word: '/dev/tcp',
    };
  return undefined;
}

const isPortScan = (line: string) => /^nc -\w+( -w ?\d+)? \S+ \d+$/.test(line) && /^nc -[^ z]*z/.test(line);

/** An agent of Java that opens a port in every program that takes the same options. */
const agentOf = ({ environment }: Service) =>
  (environment.get('KAFKA_OPTS')?.value.text ?? '')
    .split(/\s+/)
    .some(
      option =>
        option.startsWith('-javaagent:') && option.includes('jmx_prometheus') && /[=:]\d{1,5}:/.test(option),
    );

const isJavaTool = (words: readonly string[]) =>
  /(?:^|\/)(?:kafka-[\w-]+|zookeeper-shell)(?:\.sh)?$/.test(programOf(words) ?? '');

/** True when the script fails with this program: no pipe takes its place, nothing stands in for it. */
function isDecisive(commands: readonly ShellCommand[], program: string): boolean {
  const at = commands.findIndex(({ words }) => programOf(words) === program);
  const next = commands[at + 1];
  return next === undefined || next.operator === '&&' || next.operator === '||';
}

/** A word of four letters that ZooKeeper does not answer, with a search for what it would say. */
function refusedWord(service: Service, { script, raw }: ContainerCommand): Verdict | undefined {
  const words = FOUR_LETTER_WORDS.filter(each => new RegExp(`\\b${each}\\b`).test(raw));
  const [word] = words;
  if (!word || words.length > 1 || answersWord(service, word) !== false) return undefined;
  const isCompared =
    /^\s*\[\[?\s.*=\s*"?imok"?\s*\]\]?\s*(?:\|\|\s*exit\s*\d*\s*)?$/.test(raw) && !raw.includes('!=');
  const last = script.commands.filter(({ operator }) => operator !== '||').at(-1);
  const search = script.isPlain && endsWithSearch(script.commands) && last ? searchOf(last) : undefined;
  const isRefused = isCompared || (search && !finds(search, refusalOf(word)));
  if (!isRefused || script.commands.some(({ operator }) => operator === ';' && script.isPlain))
    return undefined;
  return {
    canPass: 'no',
    reason: `ZooKeeper answers "${refusalOf(word)}"`,
    hint: allowHint(service, word),
    word,
  };
}

function allowHint(service: Service, word: string): string {
  return imageOf(service)?.family === 'confluent'
    ? `Set KAFKA_OPTS to -Dzookeeper.4lw.commands.whitelist=${word}, or ask for srvr.`
    : `Set ZOO_4LW_COMMANDS_WHITELIST to srvr,${word}, or ask for srvr.`;
}

/** Commands joined by `&&`, each with what it is piped into; undefined where `||` or `;` make it another question. */
function pipelinesOf(commands: readonly ShellCommand[]): ShellCommand[][] | undefined {
  const pipelines: ShellCommand[][] = [];
  for (const command of commands) {
    const { operator, words, mayFail } = command;
    if (mayFail || operator === ';') return undefined;
    if (operator === '||') return isFailure(words) && command === commands.at(-1) ? pipelines : undefined;
    if (operator === '|') pipelines.at(-1)?.push(command);
    else pipelines.push([command]);
  }
  return pipelines;
}

const isFailure = (words: readonly string[]) =>
  words[0] === 'false' || (words[0] === 'exit' && words[1] !== '0') || words[0] === 'return';

/** Nothing but a success, which is meant. */
const isPlainlyGood = ([only, ...more]: readonly ShellCommand[]): boolean =>
  more.length === 0 && ['true', 'exit 0'].includes(only?.words.join(' ') ?? '');

function judge(
  pipeline: readonly ShellCommand[],
  service: Service,
  command: ContainerCommand,
  { kafka }: LintContext,
): Verdict {
  const [first, second] = pipeline;
  const words = first?.words ?? [];
  if (isPlainlyGood(pipeline)) return YES;
  const withPort =
    pipeline.length === 1 && words[0] === 'ping' && words.find(each => /^[\w.-]+:\d+$/.test(each));
  if (withPort)
    return {
      canPass: 'no',
      reason: `ping takes ${shown(withPort)} for a name, and there is none with a port`,
      hint: 'Ask at the port with nc -z, curl or /dev/tcp, as far as the image has them.',
      word: withPort,
    };
  const asked = words[0] === 'echo' && second ? second.words : words;
  const addresses = addressesIn(asked);
  const answers = addresses.map(({ host, port }) => atAddress(service, host, port, kafka));
  const closed = answers.every(answer => answer.is === 'closed') ? answers[0] : undefined;
  if (closed?.is === 'closed' && (pipeline.length === 1 || endsWithSearch(pipeline))) {
    const word = String(addresses[0]?.port);
    return { canPass: 'no', reason: closed.reason, hint: 'Ask at an address that answers.', word };
  }
  if (answers.length !== 1 || answers[0]?.is !== 'open') return UNKNOWN;
  const isKnown =
    words[0] === 'echo'
      ? asksZooKeeper(service, pipeline)
      : pipeline.length === 1 && isKnownToWork(service, words, command.shell, answers[0], kafka);
  return isKnown ? YES : UNKNOWN;
}

/** `echo WORD | nc HOST PORT | grep TEXT` with a word that is answered and a text that stands in the answer. */
function asksZooKeeper(service: Service, [said, asked, search, ...more]: readonly ShellCommand[]): boolean {
  const word = said?.words.at(-1) ?? '';
  if (imageOf(service)?.role !== 'zookeeper' || !['nc', 'netcat'].includes(asked?.words[0] ?? ''))
    return false;
  if (answersWord(service, word) !== true || more.length > 0 || !search) return false;
  const pattern = searchOf(search)?.pattern;
  return (word === 'ruok' && pattern === 'imok') || (word === 'srvr' && pattern === 'Mode');
}

/** A question to an open port by a program that the image has, without anything else that could fail. */
function isKnownToWork(
  service: Service,
  words: readonly string[],
  shell: ContainerCommand['shell'],
  { protocol, isItself }: Extract<AtAddress, { is: 'open' }>,
  kafka: KafkaModel,
): boolean {
  const image = imageOf(service);
  if (image?.family !== 'confluent') return false;
  const line = words.join(' ');
  if (words.length === 1 && line.includes('/dev/tcp/')) return shell === 'bash';
  if (words[0] === 'nc') return isBefore(image, 8) && isPortScan(line);
  if (image.role === 'registry')
    return kafka.registries.some(each => each.service === service) && /^curl (-\w+ )*http:\S+$/.test(line);
  const isTool = /^kafka-(topics .*--list|broker-api-versions )/.test(line);
  return (
    isTool &&
    protocol === 'PLAINTEXT' &&
    isItself === true &&
    !/config/.test(line) &&
    leavesTimeForJava(service)
  );
}
