import { ERRORS, type ErrorCode } from './error-codes.ts';

/** What an error knows as data, for whoever has to act on it; the message says the same in words. */
export interface ErrorFacts {
  /** `HOST:PORT` of the brokers that do not serve. */
  readonly silentBrokers?: readonly string[];
  /** The script on the machine that failed. */
  readonly script?: 'producer.py' | 'consumer.py';
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

/** Any thrown value as an ActionError: a foreign one is a fault of the action, and says so. */
export function toActionError(thrown: unknown): ActionError {
  if (thrown instanceof ActionError) return thrown;
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
