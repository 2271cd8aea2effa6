import { ActionError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { listeningPorts } from './listening-ports.ts';
import type { DeploymentRecord } from './parse-record.ts';

/** Distance between the ports of two environments. */
const SHIFT = 100;
/** Beyond it the ports of one service would meet those of the next: 8081 lies 5,900 above ZooKeeper's 2181. */
const LARGEST_SHIFT = 5_000;
const LARGEST_PORT = 65_535;

/**
 * The port shift of an environment: the one it has already, or the first whose ports nobody on the machine has or wants.
 * @param ports what the compose file publishes without a shift
 * @throws ActionError `port-in-use` when none is left
 */
export async function choosePortShift(
  host: Host,
  project: string,
  ports: readonly number[],
  records: readonly DeploymentRecord[],
): Promise<number> {
  const reserved = new Set(records.filter(other => other.project !== project).flatMap(other => other.ports));
  const isFree = (shift: number, taken: ReadonlySet<number>) =>
    ports.every(
      port => port + shift <= LARGEST_PORT && !reserved.has(port + shift) && !taken.has(port + shift),
    );
  const own = records.find(other => other.project === project)?.portShift;
  // What listens at its ports now is most likely itself; the step `stack` knows.
  if (own !== undefined && own > 0 && isFree(own, new Set())) return own;
  const listening = await listeningPorts(host);
  for (let shift = SHIFT; shift <= LARGEST_SHIFT; shift += SHIFT) if (isFree(shift, listening)) return shift;
  throw new ActionError('port-in-use', 'no ports are left on the machine for one more environment', {
    hint: 'Take down environments that nobody needs: the log lists them.',
  });
}
