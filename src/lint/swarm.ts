import type { ComposeModel } from '../compose/reader/model.ts';
import { asList, asMap, textAt, valueAt } from '../compose/reader/value.ts';

/** Parts of `deploy` that Swarm alone reads. */
const OF_SWARM = ['placement', 'update_config', 'rollback_config', 'endpoint_mode'];

/**
 * True for a file that `docker stack deploy` is meant to read. In many of its releases that refuses a file without a version, and it
 * passes `depends_on` over.
 */
export function isForSwarm({ services, top }: ComposeModel): boolean {
  const networks = asMap(valueAt(top, 'networks'))?.entries.values() ?? [];
  return (
    services.some(
      ({ whole }) =>
        OF_SWARM.some(key => valueAt(valueAt(whole, 'deploy'), key) !== undefined) ||
        // The mode of a port is Swarm's, too.
        asList(valueAt(whole, 'ports'))?.items.some(port => textAt(port, 'mode') !== undefined),
    ) || [...networks].some(({ value }) => textAt(value, 'driver')?.text === 'overlay')
  );
}
