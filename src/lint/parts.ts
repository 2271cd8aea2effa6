import { asMap, valueAt } from '../compose/reader/value.ts';
import type { LintContext, Problem } from './rule.ts';
import { inWords } from './settings/settings-places.ts';

/** More names of one kind than anybody forgets to declare. */
const MANY = 5;
/** Names that the message shows. */
const SHOWN = 3;

/**
 * Names that nothing declares, where a file is meant to be read with others: it declares none of their kind, and has very many of them,
 * or gives each by a variable, which the keys of a section cannot hold. Compose refuses it alone; that it is used alone nobody knows.
 */
export function ofSeveralFiles(
  problems: readonly Problem[],
  { model, sources }: Pick<LintContext, 'model' | 'sources'>,
): Problem[] {
  const kindOf = ({ message }: Problem) => /^The (network|volume|secret|config) "/.exec(message)?.[1] ?? '';
  const isFromVariable = ({ place }: Problem) =>
    sources.get(place.file)?.text.slice(place.start, place.end).includes('${') === true;
  const groups = Map.groupBy(problems, kindOf);
  return [...groups].flatMap(([kind, same]) => {
    const names = [...new Set(same.map(({ message }) => /"([^"]*)"/.exec(message)?.[1] ?? ''))];
    const declared = asMap(valueAt(model.top, `${kind}s`))?.entries.size ?? 0;
    const isPart = kind !== '' && declared === 0 && (names.length >= MANY || same.every(isFromVariable));
    return isPart ? same.map(problem => inPart(problem, kind, names)) : same;
  });
}

function inPart(problem: Problem, kind: string, names: readonly string[]): Problem {
  const shown = names.slice(0, SHOWN).map(name => `"${name}"`);
  const left = names.length - shown.length;
  const all = inWords(left > 0 ? [...shown, `${left} more`] : shown);
  const what = names.length === 1 ? `the ${kind}` : `the ${kind}s`;
  return {
    ...problem,
    severity: 'warning',
    cause: `${kind}s of other files`,
    message: `The file uses ${what} ${all} and declares none: it is one of several, and Compose refuses it alone.`,
    hint: `Give the file that declares ${names.length === 1 ? 'it' : 'them'} along with this one; then all are judged together.`,
  };
}
