import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeOf, loadsOf, type Placement } from '../../../../src/kafka/placement/placement.ts';
import { spread } from '../../../../src/kafka/placement/spread.ts';

interface Cluster {
  readonly brokers: readonly number[];
  readonly placements: readonly Placement[];
}

const idsTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Up to seven brokers, any number of which have the partitions of up to four topics. */
const clusters = ({ sameFactor = false } = {}): fc.Arbitrary<Cluster> =>
  fc
    .record({ count: fc.integer({ min: 1, max: 7 }), factor: fc.integer({ min: 1, max: 7 }) })
    .chain(({ count, factor }) => {
      const brokers = idsTo(count);
      const most = Math.min(factor, count);
      const replicas = fc.shuffledSubarray(brokers, { minLength: sameFactor ? most : 1, maxLength: most });
      const placement = fc.record({ topic: fc.constantFrom('a', 'b', 'c', '__consumer_offsets'), replicas });
      return fc.array(placement, { maxLength: 40 }).map(placements => ({
        brokers,
        placements: placements.map((each, partition) => ({ ...each, partition })),
      }));
    });

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const replicasOf = ({ placements, brokers }: Cluster) =>
  [...loadsOf(placements, brokers).values()].map(({ replicas }) => replicas);
const leadersOf = ({ placements, brokers }: Cluster) =>
  [...loadsOf(placements, brokers).values()].map(({ leaders }) => leaders);
const evened = ({ placements, brokers }: Cluster): Cluster => ({
  brokers,
  placements: spread(placements, brokers),
});
const holds = (clustersOf: fc.Arbitrary<Cluster>, property: (cluster: Cluster) => void) =>
  fc.assert(fc.property(clustersOf, property), { numRuns: 300 });

describe('partitions that are spread', () => {
  it('keep their number of replicas, on as many brokers', () => {
    holds(clusters(), cluster => {
      evened(cluster).placements.forEach(({ replicas, topic, partition }, index) => {
        expect(cluster.placements[index]).toMatchObject({ topic, partition });
        expect(new Set(replicas).size).toBe(cluster.placements[index]?.replicas.length);
        expect(cluster.brokers).toEqual(expect.arrayContaining([...replicas]));
      });
    });
  });

  it('leave no broker with more than its even share, rounded up, nor with less, rounded down', () => {
    holds(clusters(), cluster => {
      const loads = replicasOf(evened(cluster));
      const share = sum(loads) / loads.length;
      expect(Math.max(...loads)).toBeLessThanOrEqual(Math.ceil(share));
      expect(Math.min(...loads)).toBeGreaterThanOrEqual(Math.floor(share));
    });
  });

  it('are copied as little as that can be done with', () => {
    holds(clusters(), cluster => {
      const loads = replicasOf(cluster);
      const share = sum(loads) / loads.length;
      const above = sum(loads.map(load => Math.max(0, load - Math.ceil(share))));
      const below = sum(loads.map(load => Math.max(0, Math.floor(share) - load)));
      expect(changeOf(cluster.placements, evened(cluster).placements).copies).toBe(Math.max(above, below));
    });
  });

  it('are led evenly when all have as many replicas', () => {
    holds(clusters({ sameFactor: true }), cluster => {
      const most = Math.ceil(cluster.placements.length / cluster.brokers.length);
      expect(Math.max(...leadersOf(evened(cluster)))).toBeLessThanOrEqual(most);
    });
  });

  it('stay as they are from then on', () => {
    holds(clusters(), cluster => {
      const once = evened(cluster);
      expect(evened(once)).toEqual(once);
    });
  });

  it('go to a new broker, a part of each topic, and nothing else moves', () => {
    const placements = ['a', 'b'].flatMap(topic =>
      idsTo(8).map(partition => ({
        ...{ topic, partition },
        replicas: [0, 1, 2].map(offset => ((partition + offset) % 3) + 1),
      })),
    );
    const brokers = [1, 2, 3, 4];
    const spreaded = spread(placements, brokers);
    const { moved, copies } = changeOf(placements, spreaded);
    expect(copies).toBe(12);
    expect(moved.every(({ replicas }) => replicas.includes(4))).toBe(true);
    expect(new Set(moved.filter(({ topic }) => topic === 'a')).size).toBe(6);
    expect([...loadsOf(spreaded, brokers).values()]).toEqual(Array(4).fill({ replicas: 12, leaders: 4 }));
  });

  it('stay on a broker that is not named', () => {
    const placements = [{ topic: 'a', partition: 0, replicas: [9, 1] }];
    expect(spread(placements, [1, 2])).toEqual(placements);
  });

  it('are led more evenly by a chain of brokers where two have no partition in common', () => {
    const replicas = [[1, 2], [1, 2], [1], [2, 3], [2], [3], [9, 3]];
    const placements = replicas.map((each, partition) => ({ topic: 'a', partition, replicas: each }));
    const brokers = [1, 2, 3];
    expect(leadersOf({ placements, brokers })).toEqual([3, 2, 1]);
    expect(leadersOf(evened({ placements, brokers }))).toEqual([2, 2, 2]);
  });
});

describe('a change of placements', () => {
  it('tells what is copied from what is only led by another broker', () => {
    const of = (...replicas: number[]) => ({ topic: 'a', partition: 0, replicas });
    expect(changeOf([of(1, 2)], [of(2, 1)])).toEqual({ moved: [], reordered: [of(2, 1)], copies: 0 });
    expect(changeOf([of(1, 2)], [of(3, 4)])).toEqual({ moved: [of(3, 4)], reordered: [], copies: 2 });
    expect(changeOf([of(1, 2)], [of(1, 2)])).toEqual({ moved: [], reordered: [], copies: 0 });
  });
});
