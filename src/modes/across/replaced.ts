import type { MachinesConfig } from '../../config/machines-inputs.ts';
import type { Host } from '../../host/host.ts';
import type { Run } from '../run.ts';

/** A machine that is lost does not answer: it is not waited for as for one that boots. */
const PATIENCE_MS = 15_000;

/**
 * Connects to the machine that `replace` says is lost.
 * @throws ActionError when it is not reached, as is usual; RangeError without such a machine
 */
export function openReplaced(run: Run, { replacement }: MachinesConfig): Promise<Host> {
  if (!replacement) throw new RangeError('no machine is replaced');
  const { config, dependencies, signal, deadline } = run;
  const access = {
    ...config,
    connection: replacement.old.connection,
    connectTimeoutMs: Math.min(PATIENCE_MS, config.connectTimeoutMs),
  };
  return dependencies.openHost(access, { ...dependencies, signal, deadline });
}
