import type { LintContext, Problem } from './rule.ts';

/**
 * The compose file that a comment of another one names, which says so that it is put over that one:
 * `docker compose -f BASE -f THIS`.
 */
export function baseOf(file: string, sources: LintContext['sources']): string | undefined {
  const own = file.slice(file.lastIndexOf('/') + 1);
  const comments = (sources.get(file)?.text ?? '')
    .split('\n')
    .filter(line => line.trimStart().startsWith('#'));
  const named = comments
    .flatMap(line => line.split(/[^\w.-]+/))
    // The end of a sentence is no part of a name.
    .map(word => (word.endsWith('.') ? word.slice(0, -1) : word))
    .filter(word => word.endsWith('.yml') || word.endsWith('.yaml'));
  return named.find(name => name !== own && name.includes('compose'));
}

/** What Compose refuses in a file that is put over another one: alone it is refused, and nobody means it so. */
export function inLayer(problem: Problem, base: string): Problem {
  return {
    ...problem,
    severity: 'warning',
    cause: 'layer',
    message: `${problem.message.replace(/: Compose refuses it\.$|\.$/, '')} in this file, which is put over another one.`,
    hint: `Name ${base} in front of it; then both are judged together.`,
  };
}
