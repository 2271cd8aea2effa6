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

describe('partitions that are spread over racks', () => {
  /** Brokers in up to four racks, of which no two need be of the same size. */
  const racked = clusters().chain(cluster =>
    fc
      .array(fc.constantFrom('a', 'b', 'c', 'd'), {
        minLength: cluster.brokers.length,
        maxLength: cluster.brokers.length,
      })
      .map(names => ({
        ...cluster,
        rackOf: new Map(cluster.brokers.map((id, index) => [id, names[index] ?? ''])),
      })),
  );
  type Racked = Cluster & { readonly rackOf: ReadonlyMap<number, string> };
  const spreadOf = ({ placements, brokers, rackOf }: Racked) => spread(placements, brokers, rackOf);
  const racksIn = ({ replicas }: Placement, rackOf: Racked['rackOf']) =>
    new Set(replicas.map(id => rackOf.get(id))).size;
  const holdsFor = (property: (cluster: Racked) => void) =>
    fc.assert(fc.property(racked, property), { numRuns: 500 });

  it('are in as many racks as there are for their replicas', () => {
    holdsFor(cluster => {
      const racks = new Set(cluster.rackOf.values()).size;
      for (const placement of spreadOf(cluster)) {
        expect(new Set(placement.replicas).size).toBe(placement.replicas.length);
        expect(racksIn(placement, cluster.rackOf)).toBe(Math.min(racks, placement.replicas.length));
      }
    });
  });

  it('are even within each rack', () => {
    holdsFor(cluster => {
      const loads = loadsOf(spreadOf(cluster), cluster.brokers);
      for (const rack of new Set(cluster.rackOf.values())) {
        const inside = cluster.brokers.filter(id => cluster.rackOf.get(id) === rack);
        const counts = inside.map(id => loads.get(id)?.replicas ?? 0);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
    });
  });

  it('stay as they are from then on', () => {
    holdsFor(cluster => {
      const once = spreadOf(cluster);
      expect(spreadOf({ ...cluster, placements: once })).toEqual(once);
    });
  });

  it('are placed as without racks where one broker has none', () => {
    holdsFor(cluster => {
      const rackOf = new Map([...cluster.rackOf].slice(1));
      expect(spreadOf({ ...cluster, rackOf })).toEqual(evened(cluster).placements);
    });
  });

  const placed = (...replicas: number[][]) =>
    replicas.map((each, partition) => ({ topic: 'a', partition, replicas: each }));
  const rackOf = new Map(Object.entries({ 1: 'a', 2: 'b', 3: 'c', 4: 'a' }).map(([id, rack]) => [+id, rack]));

  it('share a rack with a new broker, and go nowhere else', () => {
    const before = placed([1, 2, 3], [2, 3, 1], [3, 1, 2], [1, 2, 3]);
    const after = spread(before, [1, 2, 3, 4], rackOf);
    expect(changeOf(before, after).copies).toBe(2);
    expect([...loadsOf(after, [1, 2, 3, 4]).values()].map(({ replicas }) => replicas)).toEqual([2, 4, 4, 2]);
  });

  it('leave a rack that two of their replicas are in, by one copy', () => {
    const before = placed([1, 4, 2]);
    const after = spread(before, [1, 2, 3, 4], rackOf);
    expect(changeOf(before, after).copies).toBe(1);
    expect(after[0]?.replicas).toContain(3);
  });

  it('are evened by a third broker where one copy would bring two replicas together', () => {
    // All that 1 has is in the rack of 3 and 4 as well.
    const racks = new Map(
      Object.entries({ 1: 'a', 5: 'a', 2: 'b', 3: 'c', 4: 'c' }).map(([id, rack]) => [+id, rack]),
    );
    const before = placed([1, 3], [1, 3], [1, 4], [1, 4], [2, 5], [2, 5], [2, 5]);
    const brokers = [1, 2, 3, 4, 5];
    const after = spread(before, brokers, racks);
    expect(changeOf(before, after).copies).toBe(2);
    expect(replicasOf({ placements: after, brokers }).sort()).toEqual([2, 3, 3, 3, 3]);
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
