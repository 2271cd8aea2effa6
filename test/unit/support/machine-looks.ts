import type { ContainerState } from '../../../src/machine/machine-look.ts';

/** A container that runs and is healthy, but for what is named. */
export function containerState(
  service: string,
  { name = `kafka-${service}-1`, ...more }: Partial<ContainerState> = {},
): ContainerState {
  return {
    id: `id-of-${name}`,
    name,
    service,
    state: 'running',
    exitCode: 0,
    isOutOfMemory: false,
    memoryLimit: 0,
    error: '',
    createdAt: '2026-11-26T13:00:00.000000001Z',
    startedAt: '2026-11-26T13:00:01.000000001Z',
    finishedAt: '0001-01-01T00:00:00Z',
    restarts: 0,
    isUnhealthy: false,
    healthOutput: '',
    isHalted: false,
    volumes: [],
    ...more,
  };
}

/** What the machine answers when it is looked at: the command's standard output. */
export function lookOutput(containers: readonly ContainerState[], boot = 'boot-1 42', atS = 1_000): string {
  const halted = containers.filter(({ isHalted }) => isHalted);
  return [
    `boot ${boot}`,
    `time ${atS}`,
    ...containers.map(inspected),
    ...halted.map(({ id }) => `halted 0::/system.slice/docker-${id}.scope`),
    '',
  ].join('\n');
}

function inspected(container: ContainerState): string {
  const { id, name, service, createdAt, restarts, memoryLimit, volumes } = container;
  return JSON.stringify({
    ...{ id, name: `/${name}`, service, createdAt, restarts, memoryLimit },
    mounts: [
      ...volumes.map(volume => ({ Type: 'volume', Name: volume })),
      { Type: 'volume', Name: 'f'.repeat(64) },
      { Type: 'bind' },
    ],
    state: {
      Status: container.state,
      ExitCode: container.exitCode,
      OOMKilled: container.isOutOfMemory,
      Error: container.error,
      StartedAt: container.startedAt,
      FinishedAt: container.finishedAt,
      Health: {
        Status: container.isUnhealthy ? 'unhealthy' : 'healthy',
        Log: container.healthOutput === '' ? [] : [{ Output: '' }, { Output: container.healthOutput }],
      },
    },
  });
}

/** The row of a script that answers looks, one after the other, the last one for ever. */
export const LOOK = /^sh -c \nprintf 'boot /;
