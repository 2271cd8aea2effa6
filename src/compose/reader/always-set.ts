/**
 * Variables that are set wherever Compose runs, by the shell, by the runner or by Compose itself. Their values are not known
 * here: each has one of the right form in its place, so that a path still looks like a path.
 * Sources: https://docs.github.com/actions/reference/workflows-and-actions/variables and compose-go's `cli` package, which sets
 * COMPOSE_PROJECT_NAME.
 */
const VALUES: ReadonlyMap<string, string> = new Map([
  ['PWD', '.'],
  ['HOME', '~'],
  ['PATH', '/usr/bin'],
  ['SHELL', '/bin/sh'],
  ['USER', 'user'],
  ['LOGNAME', 'user'],
  ['LANG', 'C.UTF-8'],
  ['CI', 'true'],
  ['COMPOSE_PROJECT_NAME', 'project'],
  ['GITHUB_WORKSPACE', '.'],
]);

/** What a runner sets under these prefixes is set in every job; the token has to be handed over. */
const RUNNERS_OWN = /^(GITHUB|RUNNER)_(?!TOKEN$)/;

/** A value in the form of the variable's own; undefined for a variable that may not be set. */
export const placeholderOf = (name: string): string | undefined =>
  VALUES.get(name) ?? (RUNNERS_OWN.test(name) ? '1' : undefined);
