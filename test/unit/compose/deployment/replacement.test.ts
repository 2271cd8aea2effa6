import { describe, expect, it } from 'vitest';
import type { PlannedMachine } from '../../../../src/compose/deployment/node-plan.ts';
import { replacing } from '../../../../src/compose/deployment/replacement.ts';
import { thrownBy } from '../../support/thrown-error.ts';

/** Machines `a`, `b`… with the ids that their data have, and `new`. */
function replaced(
  ids: readonly number[],
  successor: Partial<PlannedMachine> & { readonly hasData?: boolean } = {},
  controllers = 3,
) {
  const members = ids.map((nodeId, index) => ({
    ...{ name: 'abcdefg'[index] ?? '', address: `10.0.1.${index}`, nodeId, clusterId: 'x', hasData: true },
  }));
  const all = [...members, { name: 'new', address: '10.0.1.9', ...successor }];
  return replacing(all, { old: { name: 'old' }, successor: 'new', controllers }).at(-1);
}

describe('a machine in place of another one', () => {
  it('gets the node of the controller that is missing', () => {
    expect(replaced([1, 3])).toMatchObject({ nodeId: 2, inPlaceOf: 'old' });
    expect(replaced([1, 2, 3, 5], {}, 5)).toMatchObject({ nodeId: 4 });
  });

  it('gets the lowest node that is free when no controller is missing', () => {
    expect(replaced([1, 2, 3, 5])).toMatchObject({ nodeId: 4, inPlaceOf: 'old' });
    expect(replaced([3, 1, 2])).toMatchObject({ nodeId: 4, inPlaceOf: 'old' });
  });

  it('has taken over when it has data, and nothing is left to do', () => {
    const found = replaced([1, 2], { nodeId: 3, hasData: true });
    expect(found?.nodeId).toBe(3);
    expect(found).not.toHaveProperty('inPlaceOf');
  });

  it('has not when a run that did not end has left its settings alone', () => {
    expect(replaced([1, 2], { nodeId: 3, clusterId: 'x' })).toMatchObject({ nodeId: 3, inPlaceOf: 'old' });
  });

  it.each<[string, () => unknown, string, RegExp]>([
    [
      'two controllers are missing',
      () => replaced([1]),
      'controller-missing',
      /^nodes 2, 3 are missing, and one machine at a time/,
    ],
    ['it would be node 1', () => replaced([2, 3]), 'replacement-refused', /^old had node 1, whose machine/],
    [
      'there is no cluster',
      () => replaced([]),
      'replacement-refused',
      /^old was no machine of a cluster: none of those in host has data of one$/,
    ],
    [
      'it is another node already',
      () => replaced([1, 2], { nodeId: 4, hasData: true }),
      'replacement-refused',
      /^new has the data of node 4 and cannot become node 3 in place of old: name a machine without data$/,
    ],
  ])('is refused when %s', (_, work, code, message) => {
    expect(thrownBy(work)).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
