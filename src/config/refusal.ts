import type { ErrorCode } from '../error-codes.ts';
import { ActionError } from '../errors.ts';
import type { InputReader } from './input-reader.ts';
import { INPUT_NAMES, longestInput } from './inputs.ts';

/** First of all: whatever else looks at an input may take its time for a long one. @throws ActionError as `refuse` does */
export function refuseLengths(input: InputReader): void {
  for (const name of INPUT_NAMES) input.length(name, longestInput(name));
  refuse(input);
}

/** @throws ActionError that names every problem at once, when there is any */
export function refuse(input: InputReader): void {
  const { problems } = input;
  if (problems.length === 0) return;
  const codes = new Set<ErrorCode>(problems.map(problem => problem.code));
  const [only] = codes;
  const code: ErrorCode = codes.size === 1 && only ? only : 'input-invalid';
  const sentences = problems.map(problem => `${problem.inputs.join(' and ')}: ${problem.message}`);
  const hints = new Set(problems.map(problem => problem.hint));
  const hint = hints.size === 1 ? problems[0]?.hint : undefined;
  const message =
    sentences.length === 1
      ? `${sentences[0]}`
      : `${sentences.length} inputs are wrong. ${sentences.join('. ')}`;
  throw new ActionError(code, message, {
    details: sentences.length > 1 ? sentences : [],
    hint,
  });
}
