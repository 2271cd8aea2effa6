import { ActionError, type ErrorCode, lastLines } from '../errors.ts';
import { describe } from './command-line.ts';
import type { Command, CommandResult, Host } from './host.ts';

/** What an unexpected exit means. */
interface Failure {
  readonly code: ErrorCode;
  /** What could not be done, e.g. `yum could not install docker`. */
  readonly message: string;
}

/**
 * Runs a command that is expected to succeed.
 * @throws ActionError with the exit code and the last lines of the output when it does not
 */
export async function mustRun(host: Host, command: Command, failure?: Failure): Promise<CommandResult> {
  const result = await host.run(command);
  if (result.exitCode === 0) return result;
  throw unexpectedExit(command, result, failure);
}

/** The error for a command that ended otherwise than expected. */
export function unexpectedExit(command: Command, result: CommandResult, failure?: Failure): ActionError {
  const details = lastLines(`${result.stdout}\n${result.stderr}`);
  const code = failure?.code ?? 'command-failed';
  const what = failure?.message ?? 'a command failed';
  return new ActionError(code, `${what}: \`${describe(command)}\` ended with exit code ${result.exitCode}`, {
    details,
  });
}
