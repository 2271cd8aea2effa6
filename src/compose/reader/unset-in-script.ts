import type { Fault } from './fault.ts';
import type { Place, SourceText } from './place.ts';

/**
 * Where a variable without a value stands in a text, and what to do about it when that is not the usual. A text of several lines is
 * mostly a script: there the line counts, and a variable of the shell looks like one of Compose.
 */
export function unsetIn(source: SourceText, place: Place, name: string): Pick<Fault, 'place' | 'hint'> {
  if (place.line === place.endLine) return { place };
  const hint = `Write $$${name} if the shell in the container is to fill it in; else give the variable a default, \${${name}:-default}, or a value in .env.`;
  const text = source.text.slice(place.start, place.end);
  // Two dollar signs are one that is not Compose's.
  for (const match of text.matchAll(/\$\$|\$\{?([a-z_][a-z0-9_]*)/gi)) {
    if (match[1] !== name) continue;
    const start = place.start + match.index;
    return { place: source.place(start, start + match[0].length), hint };
  }
  return { place, hint };
}
