import type { Host } from './host.ts';

/** The same machine for what must be undone: it answers although the run was cancelled or its time is up. */
export function undoing(host: Host): Host {
  return {
    name: host.name,
    run: command => host.run({ ...command, isUndo: true }),
    dial: (address, port) => host.dial(address, port, { isUndo: true }),
    close: () => host.close(),
  };
}
