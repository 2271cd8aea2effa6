import type { ContainerState } from './machine-look.ts';

/** What is wrong with a container. */
export interface Trouble {
  readonly container: ContainerState;
  /** In words, e.g. `is paused`. */
  readonly what: string;
  /** `final` will not come up by itself; the others may: a broker needs a few attempts sometimes. */
  readonly kind: 'final' | 'restarting' | 'unhealthy';
  /** The command that helps; none where only the log can tell. */
  readonly remedy?: string;
}

/** @returns undefined for a container that runs, or was made and not started yet */
export function troubleOf(container: ContainerState): Trouble | undefined {
  const { state, name, error, isUnhealthy, healthOutput, isHalted, restarts } = container;
  const trouble = (what: string, remedy?: string, kind: Trouble['kind'] = 'final'): Trouble => {
    return { container, what, kind, ...(remedy === undefined ? {} : { remedy }) };
  };
  switch (state) {
    case 'paused':
      return trouble('is paused', `sudo docker unpause ${name}`);
    case 'exited':
      return trouble(`has stopped: ${endOf(container)}`, remedyOf(container, `sudo docker start ${name}`));
    case 'dead':
      return trouble(
        `is dead: the Docker Engine could not remove it${error && ` (${error})`}`,
        `sudo docker rm -f ${name}`,
      );
    case 'created':
      return error === '' ? undefined : trouble(`could not be started: ${error}`);
    case 'restarting':
      return trouble(
        `keeps being restarted (${times(restarts)}): ${endOf(container)}`,
        remedyOf(container),
        'restarting',
      );
    default:
      if (isHalted)
        return trouble(
          'hangs: a signal (SIGSTOP) has stopped its process',
          `sudo docker kill --signal CONT ${name}`,
        );
      if (!isUnhealthy) return undefined;
      return trouble(
        `is unhealthy${healthOutput && `: ${lastLine(healthOutput)}`}`,
        `sudo docker restart ${name}`,
        'unhealthy',
      );
  }
}

/** What Docker Compose says of a container on which others depend. By now it may have been started again, and look well. */
export function troubleToldBy(output: string, container: ContainerState): Trouble | undefined {
  const told = output.match(/container (\S+) (is unhealthy|exited \(\d+\))/g) ?? [];
  const own = told.find(words => words.split(' ')[1] === container.name);
  if (own === undefined) return undefined;
  const what = own.endsWith('is unhealthy') ? 'did not become healthy' : own.slice(own.indexOf('exited'));
  return { container, what, kind: 'restarting' };
}

/** How a container ended, e.g. `exit code 137 (killed) at 13:50:01 UTC`. */
export function endOf({ exitCode, isOutOfMemory, memoryLimit, finishedAt, error }: ContainerState): string {
  const limit = memoryLimit > 0 ? `its limit of ${mebibytes(memoryLimit)}` : 'all that the machine has';
  const reason = isOutOfMemory ? `killed by the kernel, it used up ${limit} of memory` : signalOf(exitCode);
  const at = timeOf(finishedAt);
  return `exit code ${exitCode}${reason && ` (${reason})`}${at && ` at ${at}`}${error && `, ${error}`}`;
}

/** `13:50:01 UTC`, of a time as the Docker Engine writes it; an empty text for one that never was, or is no time. */
export function timeOf(time: string): string {
  const clock = /^(?!0001-)\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)/.exec(time)?.[1];
  return clock === undefined ? '' : `${clock} UTC`;
}

/** As a shell counts: 128 and the number of the signal. */
const SIGNALS: Readonly<Record<number, string>> = {
  130: 'interrupted by SIGINT',
  134: 'aborted by SIGABRT',
  137: 'killed by SIGKILL',
  139: 'crashed by SIGSEGV',
  143: 'ended by SIGTERM',
};
const signalOf = (exitCode: number) => SIGNALS[exitCode] ?? '';

function remedyOf({ isOutOfMemory, memoryLimit }: ContainerState, otherwise?: string): string | undefined {
  if (!isOutOfMemory) return otherwise;
  return memoryLimit > 0
    ? 'Raise the memory limit of the service in the compose file: its heap (-Xmx) and a third more.'
    : 'Lower the heap (-Xmx) of the services in the compose file, or take a larger machine.';
}

const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
const times = (count: number) => (count === 1 ? 'once' : `${count} times`);
const lastLine = (text: string) => text.split('\n').at(-1)?.trim().slice(0, 200) ?? '';
