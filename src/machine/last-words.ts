/** The longest line that is shown whole. */
const LONGEST = 300;

/** A line that begins an entry of a log: `[2026-11-26 13:42:56,575] INFO …`, `2026-11-26T13:42:56Z …`, `13:42:56.575 …`. */
const ENTRY = /^\[?(?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d:\d\d/;
const SEVERE = /\b(?:FATAL|ERROR|SEVERE|PANIC|CRITICAL)\b/;
/** The head of a Java exception: its class, and mostly a message. */
const EXCEPTION = /^(?:Caused by: |Exception in thread "[^"]*" )?(?:[\w$]+\.)+[\w$]*(?:Exception|Error)\b/;
const STACK = /^\s+(?:at |\.\.\. \d+ more)|^\s*$/;
/** What programs without log levels write when they fail. */
const WORDS =
  /\b(?:errors?|failed|failure|fatal|exception|denied|refused|required|cannot|can't|unable|invalid|insufficient|no space left|not found|killed)\b/i;
/** What says nothing of the reason: Java's own note on the options that it picked up. */
const NOISE = /^(?:Picked up |WARNING: |OpenJDK 64-Bit Server VM warning)/;

/**
 * The line of a container's log that says why it ended. The last line seldom does: it is the end of a stack trace, or of an
 * orderly shutdown that the error began. Of an exception the innermost cause is taken.
 *
 * @returns undefined for an empty log
 */
export function lastWords(log: readonly string[]): string | undefined {
  const lines = log.map(line => line.trimEnd()).filter(line => !NOISE.test(line) && !STACK.test(line));
  const reasons = entriesOf(lines).flatMap(entry => reasonIn(entry) ?? []);
  const line =
    reasons.at(-1) ??
    lines.findLast(each => SEVERE.test(each)) ??
    lines.findLast(each => WORDS.test(each) && !ENTRY.test(each) && !isOnlyFarewell(each)) ??
    lines.at(-1);
  return line === undefined ? undefined : shortened(line.trim());
}

/** The lines of a log, by entry: an entry begins with its time. What comes before the first one is an entry, too. */
function entriesOf(lines: readonly string[]): string[][] {
  const entries: string[][] = [];
  for (const line of lines) {
    if (ENTRY.test(line) || entries.length === 0) entries.push([line]);
    else entries.at(-1)?.push(line);
  }
  return entries;
}

/** @returns undefined for an entry that is not severe: a program that warns of an exception has got over it */
function reasonIn(entry: readonly string[]): string | undefined {
  const [head = ''] = entry;
  const hasLevel = ENTRY.test(head);
  if (hasLevel && !SEVERE.test(head)) return undefined;
  const exceptions = entry.filter(line => EXCEPTION.test(line));
  const inner = exceptions.findLast(line => line.startsWith('Caused by: '));
  const exception = inner ?? exceptions.at(hasLevel ? 0 : -1);
  return (
    exception?.replace(/^Caused by: /, '') ??
    entry.findLast(line => SEVERE.test(line) && !isOnlyFarewell(line))
  );
}

/** Says that it ends, and not why: `ERROR Exiting Kafka due to fatal exception`, `Command [/usr/local/bin/dub ensure …] FAILED !`. */
const isOnlyFarewell = (line: string) =>
  /Exiting Kafka|Shutdown broker because|Halting|^Command \[/i.test(line);

function shortened(line: string): string {
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
