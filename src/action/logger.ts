import * as core from '@actions/core';
import type { GroupedLogger } from '../log.ts';

/** The runner's log, without secrets. The runner masks its log, but no other place where a line may go. */
export function actionLogger(redact: (text: string) => string): GroupedLogger {
  return {
    info: line => core.info(plain(redact(line))),
    warning: message => core.warning(redact(message)),
    debug: line => core.debug(redact(line)),
    startGroup: title => core.startGroup(redact(title)),
    endGroup: () => core.endGroup(),
  };
}

/**
 * Output from a machine must not be read as a command to the runner: `::name::` at the start of a line, `##[name]`
 * anywhere in it (actions/runner, ActionCommand.TryParse).
 */
function plain(line: string): string {
  return line
    .replaceAll('\r', '')
    .replaceAll('##[', '#\u200b#[')
    .replace(/^([\s\u0085]*)::/gm, '$1\u200b::');
}
