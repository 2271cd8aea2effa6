import type { Stack } from '../../compose/deployment/stack.ts';
import { ActionError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { type Machine, refuseWithoutSudo } from '../../machine/facts.ts';
import { enginePlaces } from '../../machine/troubles/full-disk.ts';
import { type Step, satisfied } from '../step.ts';

/** Disk space of an unpacked image that is not there yet. */
const IMAGE_MIB = 1024;
/** Disk space of Docker where it is not installed yet. */
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
    writes: enginePlaces(),
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

/** When Docker does not answer, we assume that the images are there, as they most likely are. */
async function countMissingImages(host: Host, machine: Machine, { images }: Stack): Promise<number> {
  // With room for all of them it need not be asked.
  if (!machine.hasDocker || machine.freeDiskMiB >= diskFor(machine, images.length)) return images.length;
  const { stderr } = await host.run({
    argv: ['docker', 'image', 'inspect', ...images],
    sudo: true,
    isLook: true,
  });
  return stderr.match(/no such image/gi)?.length ?? 0;
}

const diskFor = ({ hasDocker }: Machine, missingImages: number): number =>
  DATA_MIB + missingImages * IMAGE_MIB + (hasDocker ? 0 : DOCKER_MIB);

/** @throws ActionError that says what the stack needs, before anything is pulled */
function refuseTooSmall(machine: Machine, { memory }: Stack, missingImages: number): void {
  const disk = diskFor(machine, missingImages);
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
