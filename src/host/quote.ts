/**
 * An argument list as one POSIX shell command (IEEE Std 1003.1, Shell Command Language, 2.2.2 Single-Quotes).
 * The only place where a command becomes text.
 */
export function quote(argv: readonly string[]): string {
  return argv
    .map(word => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
