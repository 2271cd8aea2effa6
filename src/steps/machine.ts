import { ActionError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';
import { type Step, satisfied } from './step.ts';

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

/** ZooKeeper 0.3, three brokers 0.7 each, the registry 0.5 at their heap limits: less than this and the kernel kills one. */
const MIN_MEMORY_MIB = 3 * 1024;
/** The images unpacked take 3 GiB; data and logs need some room too. */
const MIN_DISK_MIB = { withoutImages: 5 * 1024, withImages: 1024 };

/** The first step: the machine is what the guide is written for. Nothing can be applied, only refused. */
export function machineStep(machine: Machine): Step {
  return {
    name: 'machine',
    title: 'Machine: Amazon Linux 2023, sudo, disk and memory',
    guide: '1 (prerequisites), 1/4.1-2',
    needs: [],
    async check({ log }) {
      const gib = (mib: number) => `${(mib / 1024).toFixed(1)} GiB`;
      log.info(`system        ${machine.system}, ${machine.architecture}`);
      log.info(`user          ${machine.user}, home ${machine.home}, sudo ${machine.hasSudo ? 'yes' : 'no'}`);
      log.info(`memory        ${gib(machine.memoryMiB)}`);
      log.info(`free disk     ${gib(machine.freeDiskMiB)}`);
      refuseUnsuitable(machine);
      return satisfied(`${machine.system}, ${machine.architecture}, ${gib(machine.memoryMiB)} of memory`, {
        system: machine.system,
      });
    },
  };
}

/** @throws ActionError with a code of its own for each way in which a machine does not fit */
function refuseUnsuitable(machine: Machine): void {
  if (!machine.isAmazonLinux2023) {
    throw new ActionError(
      'not-amazon-linux-2023',
      `the machine runs ${machine.system}, not Amazon Linux 2023`,
    );
  }
  if (!['x86_64', 'aarch64'].includes(machine.architecture)) {
    throw new ActionError('architecture-unsupported', `the processor is ${machine.architecture}`);
  }
  if (!machine.hasSudo) {
    throw new ActionError('no-sudo', `user "${machine.user}" cannot run sudo without a password`);
  }
  const needed = machine.hasDocker ? MIN_DISK_MIB.withImages : MIN_DISK_MIB.withoutImages;
  if (machine.freeDiskMiB < needed) {
    throw new ActionError(
      'disk-too-small',
      `${machine.freeDiskMiB} MiB of disk are free, ${needed} MiB are needed`,
    );
  }
  if (machine.memoryMiB < MIN_MEMORY_MIB) {
    throw new ActionError(
      'memory-too-small',
      `the machine has ${machine.memoryMiB} MiB of memory, ${MIN_MEMORY_MIB} MiB are needed`,
    );
  }
}
