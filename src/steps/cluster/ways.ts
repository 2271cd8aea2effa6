import { refuseClosedWays } from '../../machine/ways/closed-ways.ts';
import { tryWays, type Way, type WayEnd } from '../../machine/ways/try-ways.ts';
import { type Step, satisfied } from '../step.ts';

export interface WaysOptions {
  readonly ends: readonly WayEnd[];
  /** Gives in PEM the certificates of every authority that the cluster has or had, if it has one yet. */
  readonly authority: () => Promise<string | undefined>;
  /** Called with every way, open or not. */
  readonly note?: ((ways: readonly Way[]) => void) | undefined;
}

/** Every machine reaches every other one at the ports of Kafka: tried before anything is placed on any of them. */
export function waysStep({ ends, authority, note }: WaysOptions): Step {
  return {
    name: 'ways',
    title: 'Ways between the machines',
    needs: ['machine'],
    async check({ log }) {
      const ways = await tryWays(ends, authority);
      note?.(ways);
      for (const from of ends) {
        const reached = ends.flatMap(to => openPorts(ways, from, to));
        if (reached.length > 0) log.info(`${from.address} reaches ${reached.join(', ')}`);
      }
      await refuseClosedWays(ways);
      return satisfied(`${ways.length} between ${ends.length} machines, all open`);
    },
  };
}

/** `10.0.1.7:9092,9093` */
function openPorts(ways: readonly Way[], from: WayEnd, to: WayEnd): string[] {
  const open = ways.filter(way => way.from === from && way.to === to && way.state === 'open');
  return open.length === 0 ? [] : [`${to.address}:${open.map(({ port }) => port).join(',')}`];
}
