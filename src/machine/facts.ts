import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';
import { PROXY_FILE } from '../host/proxy-file.ts';
import { sudoRefused } from '../host/sudo.ts';

/** What a machine says of itself. */
export interface Machine {
  readonly system: string;
  readonly isAmazonLinux2023: boolean;
  readonly architecture: string;
  readonly user: string;
  readonly home: string;
  readonly hasSudo: boolean;
  /** What sudo said when it refused. */
  readonly sudoSays?: string;
  readonly memoryMiB: number;
  readonly freeDiskMiB: number;
  /** Docker is already there, and most likely the images too. */
  readonly hasDocker: boolean;
  /** An earlier run has set a proxy. */
  readonly hasProxy: boolean;
}

const FACTS = `
. /etc/os-release 2>/dev/null
echo "id=$ID $VERSION_ID"
echo "system=$PRETTY_NAME"
echo "architecture=$(uname -m)"
echo "user=$(id -un)"
echo "home=\${HOME:-$(getent passwd "$(id -un)" | cut -d: -f6)}"
if [ "$(id -u)" = 0 ]; then
  echo sudo=yes
elif says=$(/usr/bin/sudo -n -- /usr/bin/env /bin/sh -c : 2>&1); then
  echo sudo=yes
else
  echo "says=$(echo "$says" | tr '\\n' '\\t')"
fi
echo "memory=$(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo)"
if [ -d /var/lib/docker ]; then data=/var/lib/docker; else data=/var/lib; fi
echo "disk=$(df -Pm "$data" | awk 'NR == 2 {print $4}')"
[ ! -e ${PROXY_FILE} ] || echo proxy=yes
echo "docker=$(command -v docker >/dev/null 2>&1 && echo yes)"
`;

/** Asks the machine what it is; changes nothing and needs no rights. */
export async function inspectMachine(host: Host): Promise<Machine> {
  const { stdout } = await mustRun(host, { argv: ['sh', '-c', FACTS], isLook: true });
  const facts = new Map(stdout.split('\n').map(line => splitOnce(line, '=')));
  const fact = (name: string) => facts.get(name) ?? '';
  const says = facts.get('says')?.replaceAll('\t', '\n').trim();
  return {
    system: fact('system') || 'an unknown system',
    isAmazonLinux2023: fact('id') === 'amzn 2023',
    architecture: fact('architecture'),
    user: fact('user'),
    home: fact('home'),
    hasSudo: fact('sudo') === 'yes',
    ...(says === undefined ? {} : { sudoSays: says }),
    memoryMiB: Number(fact('memory')),
    freeDiskMiB: Number(fact('disk')),
    hasDocker: fact('docker') === 'yes',
    hasProxy: fact('proxy') === 'yes',
  };
}

function splitOnce(line: string, separator: string): [string, string] {
  const index = line.indexOf(separator);
  return [line.slice(0, index), line.slice(index + 1)];
}

/** @throws ActionError `no-sudo` with sudo's own words */
export function refuseWithoutSudo({ hasSudo, user, sudoSays = '' }: Machine): void {
  if (!hasSudo) throw sudoRefused(sudoSays, user);
}
