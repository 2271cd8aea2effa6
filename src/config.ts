import { parseConnection } from './connection-inputs.ts';
import type { ErrorCode } from './error-codes.ts';
import { ActionError } from './errors.ts';
import type { SshTarget } from './host/ssh-target.ts';
import { InputReader } from './input-reader.ts';
import type { RawInputs } from './inputs.ts';
import type { Thresholds } from './kafka/verdict.ts';
import type { LintLevel } from './lint/judge.ts';

/** What a run is asked to do: every input checked and in its own type. Durations are in milliseconds. */
export interface Config {
  readonly connection: Connection;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly timeoutMs: number;
  readonly compose: ComposeChoice;
  /** Relative to the user's home directory on the machine. */
  readonly directory: string;
  readonly projectName: string;
  readonly updatePackages: boolean;
  readonly composeBinary: ComposeBinary;
  readonly smokeTest: SmokeTestConfig;
}

export type Connection = { readonly kind: 'local' } | { readonly kind: 'ssh'; readonly target: SshTarget };

/** Which compose files are used, and how strictly they are judged. */
export interface ComposeChoice {
  /** The user's own, as paths in the workspace, in the order in which Docker Compose reads them; none for a stack. */
  readonly files: readonly string[];
  readonly stack: StackName;
  readonly lintLevel: LintLevel;
  /** Make the safe fixes. */
  readonly fix: boolean;
}

const LINT_LEVELS = ['error', 'warning', 'off'] as const satisfies LintLevel[];
const MODES = ['deploy', 'lint'] as const;

/** What a run is to do. */
export type Task =
  | { readonly mode: 'deploy'; readonly config: Config }
  | { readonly mode: 'lint'; readonly compose: ComposeChoice };

const STACKS = ['zookeeper', 'kraft'] as const;
type StackName = (typeof STACKS)[number];

/** Where Docker Compose comes from. */
export interface ComposeBinary {
  /** `latest`, or a version such as `v2.40.3`. */
  readonly version: string;
  /** Takes the place of the release page, with its own checksum at `URL.sha256` unless `sha256` is given. */
  readonly url?: string;
  readonly sha256?: string;
}

const CLIENTS = ['host', 'runner'] as const;
type ClientName = (typeof CLIENTS)[number];

export interface SmokeTestConfig {
  readonly messages: number;
  readonly messageIntervalMs: number;
  readonly topic: string;
  readonly group: string;
  readonly clients: readonly ClientName[];
  readonly timeoutMs: number;
  readonly thresholds: Thresholds;
  readonly drill: Drill;
}

const DRILLS = ['none', 'broker-restart'] as const;
type Drill = (typeof DRILLS)[number];

/**
 * Turns the inputs into what is to be done. `mode: lint` needs no machine: then nothing else is looked at.
 * @throws ActionError as `parseConfig` does
 */
export function parseTask(raw: RawInputs, readFile: (path: string) => string): Task {
  const input = new InputReader(raw);
  const mode = input.oneOf('mode', MODES);
  if (mode === 'deploy' && input.problems.length === 0) return { mode, config: parseConfig(raw, readFile) };
  const compose = parseComposeChoice(input);
  if (mode === 'lint' && compose.files.length === 0)
    input.problem(['compose-file', 'mode'], 'mode lint judges a compose file: name one');
  refuse(input);
  return { mode: 'lint', compose };
}

function parseComposeChoice(input: InputReader): ComposeChoice {
  return {
    files: input.lines('compose-file'),
    stack: input.oneOf('stack', STACKS),
    lintLevel: input.oneOf('lint-level', LINT_LEVELS),
    fix: input.boolean('fix'),
  };
}

/**
 * Turns the inputs into a Config.
 *
 * @param raw the inputs as the runner gives them
 * @param readFile reads the file that `key-file` names
 * @throws ActionError that names every problem at once; `key-format` or `key-passphrase` when the key is the only one
 */
export function parseConfig(raw: RawInputs, readFile: (path: string) => string): Config {
  const input = new InputReader(raw);
  const config: Config = {
    connection: parseConnection(input, readFile),
    connectTimeoutMs: input.seconds('connect-timeout', { min: 1, max: 3600 }),
    commandTimeoutMs: input.seconds('command-timeout', { min: 1, max: 86_400 }),
    timeoutMs: input.seconds('timeout', { min: 1, max: 86_400 }),
    compose: parseComposeChoice(input),
    directory: parseDirectory(input),
    projectName: parseProjectName(input),
    updatePackages: input.boolean('update-packages'),
    composeBinary: parseComposeBinary(input),
    smokeTest: parseSmokeTest(input),
  };
  refuse(input);
  return config;
}

function refuse(input: InputReader): void {
  const { problems } = input;
  if (problems.length === 0) return;
  const codes = new Set<ErrorCode>(problems.map(problem => problem.code));
  const [only] = codes;
  const code: ErrorCode = codes.size === 1 && only ? only : 'input-invalid';
  const sentences = problems.map(problem => `${problem.inputs.join(' and ')}: ${problem.message}`);
  const hint = problems.length === 1 ? problems[0]?.hint : undefined;
  const message =
    sentences.length === 1
      ? `${sentences[0]}`
      : `${sentences.length} inputs are wrong. ${sentences.join('. ')}`;
  throw new ActionError(code, message, {
    details: sentences.length > 1 ? sentences : [],
    ...(hint ? { hint } : {}),
  });
}

function parseDirectory(input: InputReader): string {
  const directory = input.matching('directory', /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_.-]+)*$/, {
    form: "a path below the user's home directory, of letters, digits, dots, dashes and underscores",
  });
  if (directory.split('/').includes('..')) {
    input.problem(['directory'], `"${directory}" leaves the user's home directory ("..")`);
  }
  return directory;
}

/**
 * By default the name that Docker Compose itself derives from the directory (compose-go, NormalizeProjectName), so that
 * a stack set up by hand is taken over.
 */
function parseProjectName(input: InputReader): string {
  if (input.has('project-name')) {
    return input.matching('project-name', /^[a-z0-9][a-z0-9_-]*$/, {
      form: 'lower-case letters, digits, dashes and underscores, starting with a letter or digit (a rule of Docker Compose)',
    });
  }
  const directory = input.text('directory');
  const name = directory.slice(directory.lastIndexOf('/') + 1).toLowerCase();
  const derived = name.replaceAll(/[^a-z0-9_-]/g, '').replace(/^[_-]+/, '');
  if (derived === '' && !input.hasProblem('directory')) {
    input.problem(
      ['project-name', 'directory'],
      `no project name can be derived from "${directory}": give one`,
    );
  }
  return derived;
}

function parseComposeBinary(input: InputReader): ComposeBinary {
  const version = input.matching('compose-version', /^latest$|^v?\d+\.\d+\.\d+(-[a-z0-9.]+)?$/, {
    form: '"latest" or a version such as v2.40.3',
  });
  const url = input.text('compose-url');
  const sha256 = input.text('compose-sha256').toLowerCase();
  if (sha256 !== '' && !/^[0-9a-f]{64}$/.test(sha256)) {
    input.problem(['compose-sha256'], `"${sha256}" is not a SHA-256 checksum (64 hexadecimal digits)`);
  }
  if (sha256 !== '' && url === '' && version === 'latest') {
    input.problem(
      ['compose-sha256', 'compose-version'],
      'a checksum fits one file only: pin compose-version, or give compose-url',
    );
  }
  if (/^https?:\/\/[^/]*@/.test(url)) {
    input.problem(
      ['compose-url'],
      'it holds a user name or password, which the process list of the machine would show',
    );
  }
  if (url !== '' && !/^https?:\/\/[^\s]+$/.test(url))
    input.problem(['compose-url'], 'it is not an http or https address');
  if (url.startsWith('http:') && sha256 === '') {
    input.problem(
      ['compose-url', 'compose-sha256'],
      'a file that comes over http needs its checksum in compose-sha256',
    );
  }
  return {
    version: version === 'latest' || version.startsWith('v') ? version : `v${version}`,
    ...(url === '' ? {} : { url }),
    ...(sha256 === '' ? {} : { sha256 }),
  };
}

/** Kafka's own rule for topic names (org.apache.kafka.common.internals.Topic). */
const TOPIC = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

function parseSmokeTest(input: InputReader): SmokeTestConfig {
  const messageIntervalMs = input.seconds('message-interval', { min: 0, max: 3600 });
  return {
    messages: input.integer('messages', { min: 1, max: 1_000_000 }),
    messageIntervalMs,
    topic: input.matching('topic', TOPIC, {
      form: 'a topic name: up to 249 letters, digits, dots, dashes and underscores',
    }),
    group: input.matching('group', /^[\x21-\x7e]{1,200}$/, {
      form: 'a group name: up to 200 printable ASCII characters',
    }),
    clients: input.listOf('clients', CLIENTS),
    timeoutMs: input.seconds('smoke-timeout', { min: 1, max: 86_400 }),
    thresholds: parseThresholds(input, messageIntervalMs),
    drill: input.oneOf('drill', DRILLS),
  };
}

function parseThresholds(input: InputReader, intervalMs: number): Thresholds {
  const maxLatencyP95Ms = input.optionalNumber('max-latency-p95-ms', { min: 0.1, max: 3_600_000 });
  const minThroughput = input.optionalNumber('min-throughput', { min: 0.001, max: 10_000_000 });
  if (minThroughput !== undefined && intervalMs > 0 && minThroughput > 1000 / intervalMs) {
    input.problem(
      ['min-throughput', 'message-interval'],
      `a message every ${intervalMs / 1000} s can never make ${minThroughput} messages a second`,
    );
  }
  return {
    ...(maxLatencyP95Ms === undefined ? {} : { maxLatencyP95Ms }),
    ...(minThroughput === undefined ? {} : { minThroughput }),
  };
}
