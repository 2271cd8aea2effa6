import { ActionError, lastLines } from '../errors.ts';
import { describe } from './command-line.ts';
import type { Command, CommandResult, Host } from './host.ts';

/**
 * Runs a command that is expected to succeed.
 * @param expected exit codes that are no failure, beside 0
 * @throws ActionError `command-failed` with the exit code and the last lines of the output when it does not
 */
export async function mustRun(
  host: Host,
  command: Command,
  expected: readonly number[] = [],
): Promise<CommandResult> {
  const result = await host.run(command);
  if (result.exitCode === 0 || expected.includes(result.exitCode)) return result;
  const message = `a command failed: \`${describe(command)}\` ended with exit code ${result.exitCode}`;
  throw new ActionError('command-failed', message, {
    details: lastLines(`${result.stdout}\n${result.stderr}`),
  });
}
