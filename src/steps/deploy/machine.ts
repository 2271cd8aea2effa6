import type { Stack } from '../../compose/deployment/stack.ts';
import { ActionError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import { type Step, satisfied } from '../step.ts';

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

/** Of an image that is not there yet, unpacked. */
const IMAGE_MIB = 1024;
/** What Docker takes, where it is not installed yet. */
const DOCKER_MIB = 1024;
/** Room for data and logs. */
const DATA_MIB = 1024;

/** The first step: the machine is what the guide is written for. Nothing can be applied, only refused. */
export function machineStep(machine: Machine, stack: Stack): Step {
  return {
    name: 'machine',
    title: 'Machine: Amazon Linux 2023, sudo, disk and memory',
    guide: '1 (prerequisites), 1/4.1-2',
    needs: [],
    async check({ host, log }) {
      const gib = (mib: number) => `${(mib / 1024).toFixed(1)} GiB`;
      log.info(`system        ${machine.system}, ${machine.architecture}`);
      log.info(`user          ${machine.user}, home ${machine.home}, sudo ${machine.hasSudo ? 'yes' : 'no'}`);
      log.info(`memory        ${gib(machine.memoryMiB)}`);
      log.info(`free disk     ${gib(machine.freeDiskMiB)}`);
      refuseUnsuitable(machine);
      refuseTooSmall(machine, stack, await countMissingImages(host, machine, stack));
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
  refuseWithoutSudo(machine);
}

/** @throws ActionError `no-sudo` */
export function refuseWithoutSudo({ hasSudo, user }: Machine): void {
  if (!hasSudo) throw new ActionError('no-sudo', `user "${user}" cannot run sudo without a password`);
}

/** Of a Docker that does not answer nobody knows: then the images are taken to be there, as they most likely are. */
async function countMissingImages(host: Host, { hasDocker }: Machine, { images }: Stack): Promise<number> {
  if (!hasDocker || images.length === 0) return images.length;
  const { stderr } = await host.run({ argv: ['docker', 'image', 'inspect', ...images], sudo: true });
  return stderr.match(/no such image/gi)?.length ?? 0;
}

/** @throws ActionError that says what the stack needs, before anything is pulled */
function refuseTooSmall(machine: Machine, { memory }: Stack, missingImages: number): void {
  const disk = DATA_MIB + missingImages * IMAGE_MIB + (machine.hasDocker ? 0 : DOCKER_MIB);
  if (machine.freeDiskMiB < disk) {
    const images = missingImages === 0 ? '' : `, ${missingImages * IMAGE_MIB} of them for images to pull`;
    throw new ActionError(
      'disk-too-small',
      `${machine.freeDiskMiB} MiB of disk are free, ${disk} MiB are needed${images}`,
    );
  }
  const needed = memory.reduce((sum, { mib }) => sum + mib, 0);
  if (machine.memoryMiB < needed) {
    const parts = memory.map(({ service, mib }) => `${service} ${mib}`).join(', ');
    throw new ActionError(
      'memory-too-small',
      `the machine has ${machine.memoryMiB} MiB of memory, ${needed} MiB are needed: ${parts}`,
    );
  }
}
