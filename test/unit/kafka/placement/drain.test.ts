import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drain, tooWide } from '../../../../src/kafka/placement/drain.ts';
import { loadsOf, type Placement } from '../../../../src/kafka/placement/placement.ts';

interface Cluster {
  readonly placements: readonly Placement[];
  readonly leaving: readonly number[];
  readonly staying: readonly number[];
}

/** Up to eight brokers of which some leave, and partitions with no more replicas than brokers stay. */
const clusters: fc.Arbitrary<Cluster> = fc
  .record({ stay: fc.integer({ min: 1, max: 5 }), leave: fc.integer({ min: 1, max: 3 }) })
  .chain(({ stay, leave }) => {
    const brokers = Array.from({ length: stay + leave }, (_, index) => index + 1);
    const replicas = fc.shuffledSubarray(brokers, { minLength: 1, maxLength: stay });
    const topic = fc.constantFrom('a', 'b', '__consumer_offsets');
    return fc.record({
      placements: fc
        .array(fc.record({ topic, replicas }), { maxLength: 40 })
        .map(all => all.map((each, partition) => ({ ...each, partition }))),
      leaving: fc.constant(brokers.slice(stay)),
      staying: fc.constant(brokers.slice(0, stay)),
    });
  });

const holds = (property: (cluster: Cluster, moved: Placement[]) => void) =>
  fc.assert(
    fc.property(clusters, cluster =>
      property(cluster, drain(cluster.placements, cluster.leaving, cluster.staying)),
    ),
    { numRuns: 300 },
  );

const of = (placements: readonly (readonly number[])[], topic = 'orders'): Placement[] =>
  placements.map((replicas, partition) => ({ topic, partition, replicas }));

describe('partitions of a broker that leaves', () => {
  it('stay in as many racks as they were', () => {
    const rackOf = new Map([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [5, 'c'],
    ]);
    // Broker 1 has least, in a rack that the partition is in already.
    const placements = [
      ...of([[1, 2, 4]]),
      ...of(
        [
          [2, 3, 5],
          [3, 5, 2],
          [5, 2, 3],
        ],
        'others',
      ),
    ];
    const [moved] = drain(placements, [4], [1, 2, 3, 5], rackOf);
    expect([3, 5]).toContain(moved?.replicas.find(id => id !== 1 && id !== 2));
    const [crowded] = drain(
      of([[1, 3, 4]]),
      [4],
      [1, 3, 5],
      new Map([
        [1, 'a'],
        [3, 'c'],
        [5, 'c'],
      ]),
    );
    expect(crowded?.replicas).toContain(5);
    const [unknown] = drain(
      [...of([[2, 3, 4]]), ...of([[5, 2, 3]], 'others')],
      [4],
      [1, 2, 3, 5],
      new Map([[1, 'a']]),
    );
    expect(unknown?.replicas).toContain(1);
  });

  it('are the only ones that are touched, each once', () => {
    holds(({ placements, leaving }, moved) => {
      const held = placements.filter(({ replicas }) => replicas.some(id => leaving.includes(id)));
      expect(moved.map(({ topic, partition }) => [topic, partition])).toEqual(
        held.map(({ topic, partition }) => [topic, partition]),
      );
    });
  });

  it('keep their number of replicas, on as many brokers that stay, and those that stayed already', () => {
    holds(({ placements, leaving, staying }, moved) => {
      for (const { replicas, partition } of moved) {
        const before = placements[partition]?.replicas ?? [];
        expect(new Set(replicas).size).toBe(before.length);
        expect(staying).toEqual(expect.arrayContaining([...replicas]));
        expect(replicas).toEqual(expect.arrayContaining(before.filter(id => !leaving.includes(id))));
      }
    });
  });

  it('are led by who has the messages already, as far as there is one', () => {
    holds(({ placements }, moved) => {
      for (const { replicas, partition } of moved) {
        const before = placements[partition]?.replicas ?? [];
        const kept = before.filter(id => replicas.includes(id));
        if (kept.length > 0) expect(kept).toContain(replicas[0]);
      }
    });
  });

  it('go to the brokers that have fewest', () => {
    const placements = of([[4], [4], [4], [1], [1], [2]]);
    const moved = drain(placements, [4], [1, 2, 3]);
    expect(moved.map(({ replicas }) => replicas)).toEqual([[3], [2], [3]]);
    expect([...loadsOf([...placements.slice(3), ...moved], [1, 2, 3]).values()]).toEqual([
      { replicas: 2, leaders: 2 },
      { replicas: 2, leaders: 2 },
      { replicas: 2, leaders: 2 },
    ]);
  });

  it('are led by brokers that lead few', () => {
    const moved = drain(
      of([
        [4, 1, 2],
        [4, 2, 1],
        [4, 1, 2],
        [1, 2, 3],
      ]),
      [4],
      [1, 2, 3],
    );
    expect(moved.map(({ replicas }) => replicas[0])).toEqual([2, 1, 2]);
  });

  it('cannot all be had by fewer brokers than they have replicas', () => {
    const placements = [...of([[1, 2, 3]]), ...of([[1, 2, 3, 4]], 'wide')];
    expect(tooWide(placements, [1, 2, 3])).toEqual(['wide']);
    expect(() => drain(placements, [4], [1, 2, 3])).toThrow('wide has more replicas than brokers stay');
  });
});
