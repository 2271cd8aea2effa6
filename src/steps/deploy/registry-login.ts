import { hostOf } from '../../compose/deployment/image-registry.ts';
import type { RegistryLogin } from '../../config/registry-inputs.ts';
import type { Command } from '../../host/host.ts';

/** The exit code of a command whose login was refused (sysexits.h, EX_NOPERM). */
export const LOGIN_FAILED = 77;

/**
 * `sh -c SCRIPT sh HOST USERNAME WORDS…`, as root, with the password as its standard input: logs Docker in, runs the words, and
 * takes the login back, however they end. The login is in a folder of its own that only root can enter; /run is in memory, so that
 * it is on no disk. Logins that root has there already stay as they are, and are not seen by the words.
 *
 * What runs is waited for in the background: a shell acts on a signal only then, and the run may be cancelled at any moment.
 */
const SCRIPT = `
umask 077
exec 3<&0
folder=$(mktemp -d /run/kafka-al2023-login.XXXXXXXX) || exit
trap 'rm -rf -- "$folder"' EXIT
trap 'kill "$child" 2>/dev/null; exit 143' HUP INT TERM
run() {
  "$@" <&3 &
  child=$!
  wait "$child"
}
export DOCKER_CONFIG="$folder"
run docker login --username "$2" --password-stdin -- "$1" || exit ${LOGIN_FAILED}
shift 2
run "$@"`;

/** A command with Docker logged in to a registry as long as it runs. @param registry as `ImageRegistry.address` */
export function loggedIn(command: Command, registry: string, { username, password }: RegistryLogin): Command {
  const argv = ['sh', '-c', SCRIPT, 'sh', hostOf(registry), username, ...command.argv] as const;
  return { ...command, argv, sudo: true, stdin: password, needsEngine: true };
}
