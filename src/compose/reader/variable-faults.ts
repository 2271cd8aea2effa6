import type { Fault, FaultKind } from './fault.ts';
import type { Interpolated } from './interpolate.ts';
import type { Place, SourceText } from './place.ts';
import { unsetIn } from './unset-in-script.ts';

/** What is wrong with the variables of a text: one fault for each that has no value, and for what is no variable. */
export function faultsOf(
  { invalid, missing, unset }: Interpolated,
  place: Place,
  source: SourceText,
): Fault[] {
  const faults: Fault[] = [];
  if (invalid !== undefined) {
    const message = `"${invalid}" is not a variable that Compose can fill in.`;
    faults.push({ kind: 'interpolation', message, place });
  }
  for (const { name, message: reason } of missing) {
    const message = `Compose refuses the file: required variable ${name} is missing a value${said(reason)}.`;
    faults.push({ kind: 'variable-required', message, place, variable: name });
  }
  for (const name of unset) {
    const message = `The variable ${name} has neither a value nor a default.`;
    faults.push({ kind: 'variable-unset', message, ...unsetIn(source, place, name), variable: name });
  }
  return faults;
}

/** The message of `${NAME:?message}`, without an end of its own. */
function said(message: string): string {
  const text = message.trim().replace(/(?<![.!?])[.!?]+$/, '');
  return text === '' ? '' : `: ${text}`;
}

/** More variables than any project leaves unset; beyond it, the names alone are told. */
const MAX_VARIABLES = 100;
/** Names of the variables beyond the limit that a message names. */
const MAX_NAMES = 50;

/** Where Compose refuses what an unset variable leaves, that is the one fault of the place; it names the variable. */
const REFUSALS = new Set<FaultKind>(['compose-schema', 'undefined-reference', 'file-missing']);
const placeOf = ({ place: { file, start } }: Fault) => `${file} ${start}`;

/**
 * Faults about variables at each place of a variable once, the variables in the order in which they come; one that must be set is not
 * told of as unset besides. Other faults stay as they are.
 */
export function faultsByVariable(faults: readonly Fault[]): Fault[] {
  const others = faults.filter(({ variable }) => variable === undefined);
  const refused = new Set(others.filter(({ kind }) => REFUSALS.has(kind)).map(placeOf));
  const byVariable = Map.groupBy(
    faults.filter(
      fault =>
        fault.variable !== undefined && !(fault.kind === 'variable-unset' && refused.has(placeOf(fault))),
    ),
    ({ variable }) => variable,
  );
  const told = [...byVariable.values()].map(eachPlaceOnce);
  return [...others, ...told.slice(0, MAX_VARIABLES).flat(), ...rest(told.slice(MAX_VARIABLES))];
}

function eachPlaceOnce(faults: readonly Fault[]): Fault[] {
  const required = faults.filter(({ kind }) => kind === 'variable-required');
  const told = required.length > 0 ? required : faults;
  // An anchor's text is read once for every service that uses it.
  return [...new Map(told.map(fault => [placeOf(fault), fault])).values()];
}

function rest(variables: readonly (readonly Fault[])[]): Fault[] {
  const faults = variables.flatMap(([one]) => one ?? []);
  const [first] = faults;
  if (!first) return [];
  const names = faults.slice(0, MAX_NAMES).map(({ variable }) => variable);
  const unsaid = faults.length > MAX_NAMES ? ` and ${faults.length - MAX_NAMES} more` : '';
  const message = `Only the first ${MAX_VARIABLES} variables without a value are told one by one. Without a value are also: ${names.join(', ')}${unsaid}.`;
  return [{ ...first, variable: undefined, message }];
}
