import { ERRORS, type ErrorCode } from './error-codes.ts';

/** What an error knows as data, for whoever has to act on it; the message says the same in words. */
export interface ErrorFacts {
  /** `HOST:PORT` of the brokers that do not serve. */
  readonly silentBrokers?: readonly string[];
  /** The script on the machine that failed. */
  readonly script?: 'producer.py' | 'consumer.py';
  /** The machine answers but is not yet ready for users. */
  readonly isStarting?: boolean;
}

interface ActionErrorOptions {
  /** What to do next; by default the hint of the code. */
  hint?: string;
  cause?: unknown;
  /** Output worth reading, e.g. the last lines of a container's log. */
  details?: readonly string[];
  /** True when the same call may succeed a moment later. */
  retriable?: boolean;
  facts?: ErrorFacts;
}

/** The one error type of the action: what failed (message), why (cause, details), what to do next (hint). */
export class ActionError extends Error {
  override readonly name = 'ActionError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: readonly string[];
  readonly retriable: boolean;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, options: ActionErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? ERRORS[code].hint;
    this.details = options.details ?? [];
    this.retriable = options.retriable ?? false;
    this.facts = options.facts ?? {};
  }

  /** The same error with something changed; everything that is not named stays. */
  with({ message = this.message, ...changes }: ActionErrorOptions & { message?: string }): ActionError {
    const { code, hint, details, cause, retriable, facts } = this;
    return new ActionError(code, message, { hint, details, cause, retriable, facts, ...changes });
  }
}

/**
 * The error of the action inside what a library made of it. kafkajs wraps whatever it is thrown, some of it in several
 * layers or in a list, and of a failed connection it keeps nothing but the message and the `code` (see HostSocket).
 *
 * @returns of several one that cannot get better; undefined when there is none
 */
export function actionErrorIn(thrown: unknown): ActionError | undefined {
  const found: ActionError[] = [];
  const seen = new Set<unknown>();
  const open = [thrown];
  while (open.length > 0) {
    const next = open.shift();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (next instanceof ActionError) found.push(next);
    else open.push(...layersOf(next));
  }
  return found.find(({ retriable }) => !retriable) ?? found[0];
}

/** What waiting cannot make better: an error of the action that is not retriable, however it is wrapped. */
export function finalErrorIn(thrown: unknown): ActionError | undefined {
  const error = actionErrorIn(thrown);
  return error?.retriable === false ? error : undefined;
}

function layersOf(error: object): unknown[] {
  const { cause, originalError, code, errors } = error as Record<string, unknown>;
  return [cause, originalError, code, ...(Array.isArray(errors) ? errors : [])];
}

/** Any thrown value as an ActionError: a foreign one is a fault of the action, and says so. */
export function toActionError(thrown: unknown): ActionError {
  const own = actionErrorIn(thrown);
  if (own) return own;
  const stack = thrown instanceof Error && thrown.stack ? thrown.stack.split('\n').slice(1, 6) : [];
  return new ActionError('internal', reasonOf(thrown), {
    cause: thrown,
    details: stack.map(line => line.trim()),
  });
}

/** The words of anything that was thrown. */
export const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** The last `count` non-empty lines of command output. */
export function lastLines(output: string, count = 20): string[] {
  return output
    .split(/\r?\n/)
    .map(line => line.trimEnd())
    .filter(line => line !== '')
    .slice(-count);
}
