import { ActionError, lastLines } from '../../errors.ts';
import type { Command, CommandResult, Host } from '../../host/host.ts';
import { refuseLink } from '../../host/real-folder.ts';

/** Where a project lies on a machine. */
export interface ProjectPlace {
  /** The user's home folder on the machine, in which the directory lies. */
  readonly home: string;
  readonly directory: string;
}

/** The beginning of a command that makes a key in PKCS#8, which is what Kafka takes in PEM: the file follows. */
export const MAKE_KEY = 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out';

/** A shell function, `same_key KEY CERTIFICATE`: whether the certificate is of that key. */
export const SAME_KEY = `
same_key() { [ "$(openssl pkey -in "$1" -pubout)" = "$(openssl x509 -in "$2" -noout -pubkey)" ]; }
`;

/** `sh -euc SCRIPT sh WORDS…` */
export const script = (text: string, ...words: readonly string[]): Command['argv'] => [
  'sh',
  '-euc',
  text,
  'sh',
  ...words,
];

/**
 * Runs a script that calls the machine's own openssl.
 * @param what is to be done, as the beginning of a sentence: `the certificate of node 2 cannot be signed`
 * @param expected exit codes that are no failure, beside 0
 * @throws ActionError `certificate-failed` with openssl's last lines; `folder-unusable` for a link on the way
 */
export async function runOpenssl(
  host: Host,
  command: Command,
  what: string,
  expected: readonly number[] = [],
): Promise<CommandResult> {
  const result = await host.run(command);
  refuseLink(result);
  if (result.exitCode === 0 || expected.includes(result.exitCode)) return result;
  const details = lastLines(`${result.stdout}\n${result.stderr}`, 8);
  const last = details.at(-1) ?? `exit code ${result.exitCode}`;
  throw new ActionError('certificate-failed', `${what} on ${host.name}: ${last}`, { details });
}
