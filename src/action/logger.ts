import type { GroupedLogger } from '../log.ts';
import { publishable } from './readable.ts';
import * as core from './workflow-commands.ts';

/** The runner's log, without secrets. The runner masks its log, but no other place where a line may go. */
export function actionLogger(redact: (text: string) => string): GroupedLogger {
  const clean = publishable(redact);
  // Cut last: a part of a secret would not be known again.
  const shown = (text: string) => shortened(clean(text));
  return {
    info: line => core.info(harmless(shown(line))),
    warning: message => core.warning(shown(message)),
    debug: line => core.debug(shown(line)),
    startGroup: title => core.startGroup(shown(title)),
    endGroup: () => core.endGroup(),
  };
}

/**
 * Nobody reads a longer line, and few viewers show one. In characters: 64 Ki, and room for the words about it where a command's
 * line was cut already.
 */
const LONGEST = 65_536 + 100;

const shortened = (text: string) =>
  text.length <= LONGEST
    ? text
    : `${text.slice(0, LONGEST)} [${text.length - LONGEST} characters are left out here]`;

/**
 * Output from a machine must not be read as a command to the runner: `::name::` at the start of a line, `##[name]`
 * anywhere in it (actions/runner, ActionCommand.TryParse).
 * @param text readable, so that nothing but a line feed ends a line
 */
export function harmless(text: string): string {
  return text
    .split('\n')
    .map(line => line.replaceAll('##[', '#\u200b#[').replace(/^(\s*)::/, '$1\u200b::'))
    .join('\n');
}
