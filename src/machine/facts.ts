import { ActionError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';

/** What a machine says of itself. */
export interface Machine {
  readonly system: string;
  readonly isAmazonLinux2023: boolean;
  readonly architecture: string;
  readonly user: string;
  readonly home: string;
  readonly hasSudo: boolean;
  readonly memoryMiB: number;
  readonly freeDiskMiB: number;
  /** Docker is already there, and most likely the images too. */
  readonly hasDocker: boolean;
}

const FACTS = `
. /etc/os-release 2>/dev/null
echo "id=$ID $VERSION_ID"
echo "system=$PRETTY_NAME"
echo "architecture=$(uname -m)"
echo "user=$(id -un)"
echo "home=$HOME"
echo "sudo=$(sudo -n true >/dev/null 2>&1 && echo yes)"
echo "memory=$(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo)"
if [ -d /var/lib/docker ]; then data=/var/lib/docker; else data=/var/lib; fi
echo "disk=$(df -Pm "$data" | awk 'NR == 2 {print $4}')"
echo "docker=$(command -v docker >/dev/null 2>&1 && echo yes)"
`;

/** Asks the machine what it is; changes nothing and needs no rights. */
export async function inspectMachine(host: Host): Promise<Machine> {
  const { stdout } = await mustRun(host, { argv: ['sh', '-c', FACTS] });
  const facts = new Map(stdout.split('\n').map(line => splitOnce(line, '=')));
  const fact = (name: string) => facts.get(name) ?? '';
  return {
    system: fact('system') || 'an unknown system',
    isAmazonLinux2023: fact('id') === 'amzn 2023',
    architecture: fact('architecture'),
    user: fact('user'),
    home: fact('home'),
    hasSudo: fact('sudo') === 'yes',
    memoryMiB: Number(fact('memory')),
    freeDiskMiB: Number(fact('disk')),
    hasDocker: fact('docker') === 'yes',
  };
}

function splitOnce(line: string, separator: string): [string, string] {
  const index = line.indexOf(separator);
  return [line.slice(0, index), line.slice(index + 1)];
}

/** @throws ActionError `no-sudo` */
export function refuseWithoutSudo({ hasSudo, user }: Machine): void {
  if (!hasSudo) throw new ActionError('no-sudo', `user "${user}" cannot run sudo without a password`);
}
