import type { Member } from '../compose/deployment/cluster.ts';
import { ActionError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Trouble } from './container-troubles.ts';
import { explainForeignData, isForeignData } from './foreign-data.ts';
import { lastWords } from './last-words.ts';
import type { ContainerState } from './machine-look.ts';

/** What a container said. */
interface ContainerLog {
  /** The line that says most of why it ended, or an empty text. */
  readonly words: string;
  /** The last ones. */
  readonly lines: readonly string[];
}

/** A trouble with what the container said. */
export interface Told extends Trouble {
  readonly log: ContainerLog;
}

const LOG_LINES = 200;
const SHOWN_LINES = 20;

/** Reads what each of the containers said. */
export const tell = (host: Host, troubles: readonly Trouble[]): Promise<Told[]> =>
  Promise.all(troubles.map(async trouble => ({ ...trouble, log: await logOf(host, trouble) })));

/** A program that ends at once has said why before the engine notes down that it has started. */
const EARLY_MS = 2_000;

/** What a container said in its last life; what it said before is not the reason. */
async function logOf(host: Host, { container, kind }: Trouble): Promise<ContainerLog> {
  const { name, startedAt, state } = container;
  // One that runs now has ended before this start.
  const since =
    state === 'running'
      ? []
      : ['--since', new Date(Math.max(0, Date.parse(startedAt) - EARLY_MS)).toISOString()];
  const { stdout, stderr } = await host.run({
    argv: ['docker', 'logs', ...since, '--tail', `${LOG_LINES}`, name],
    sudo: true,
    mayBeCut: true,
  });
  const lines = `${stdout}\n${stderr}`.split(/\r?\n/).filter(line => line.trim() !== '');
  const isSaid = kind === 'unhealthy' && container.healthOutput !== '';
  const words = isSaid || wasEndedByOthers(container) ? '' : (lastWords(lines) ?? '');
  return { words, lines: lines.slice(-SHOWN_LINES) };
}

/** The exit codes of a program that was told to end, or killed. */
const TOLD_TO_END = [130, 137, 143];

/** What somebody else, or the kernel, did to a container is not in its log. */
const wasEndedByOthers = ({ state, isHalted, exitCode }: ContainerState) =>
  state === 'paused' || isHalted || TOLD_TO_END.includes(exitCode);

/** The error that names containers which do not come up, each with its state and its last words, and the command that helps. */
export async function containerFailure(
  host: Host,
  told: readonly Told[],
  project: { readonly containers: readonly ContainerState[]; readonly members: readonly Member[] },
): Promise<ActionError> {
  const parts = await Promise.all(told.map(each => inWords(host, each, project)));
  const details = told.flatMap(({ container: { name }, log }) =>
    log.lines.length === 0 ? [] : [`${name}:`, ...log.lines.map(line => `  ${line}`)],
  );
  const hint = asHint(parts.flatMap(part => part.hint ?? []));
  const brokers = project.members.filter(({ role }) => role === 'broker').map(({ service }) => service);
  const areIdleBrokers = told.every(
    ({ container: { service, state, isHalted } }) =>
      brokers.includes(service) && (state === 'paused' || isHalted),
  );
  return new ActionError(
    areIdleBrokers ? 'broker-down' : 'container-failed',
    parts.map(({ sentence }) => sentence).join('; '),
    { details, ...(hint === '' ? {} : { hint }) },
  );
}

async function inWords(
  host: Host,
  { container, what, remedy, log: { words } }: Told,
  project: Parameters<typeof containerFailure>[2],
): Promise<{ sentence: string; hint: string | undefined }> {
  const sentence = `${container.service} ${what}`;
  if (!isForeignData(words)) return { sentence: `${sentence}${words && `: ${words}`}`, hint: remedy };
  const foreign = await explainForeignData(host, words, container, project);
  return { sentence: `${sentence}: ${foreign.what}`, hint: foreign.hint };
}

/** Advice, and commands for the machine, in one hint. */
function asHint(hints: readonly string[]): string {
  const each = [...new Set(hints)];
  const commands = each.filter(isCommand);
  const advice = each.filter(hint => !isCommand(hint));
  const onMachine = commands.length > 0 ? [`On the machine: ${commands.join('; ')}`] : [];
  return [...advice, ...onMachine].join(' ');
}

const isCommand = (hint: string) => hint.startsWith('sudo ');
