import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../support/compose-projects.ts';

const app = (...volumes: unknown[]) => ({ app: { image: 'busybox:1.37', volumes } });
const UNUSED = ['volume-unused: data'];

describe('a volume of the project', () => {
  it.each<[string, object, object, string[]]>([
    ['is mounted', app('data:/data'), {}, []],
    ['is mounted in the long form', app({ type: 'volume', source: 'data', target: '/data' }), {}, []],
    [
      'is mounted by a service with a profile',
      { app: { ...app('data:/data').app, profiles: ['later'] } },
      {},
      [],
    ],
    ['is mounted by nobody', app(), {}, UNUSED],
    ['is beside a folder of its name', app('./data:/data'), {}, UNUSED],
    ['is beside another', app('other:/data'), { other: null }, UNUSED],
  ])('%s', (_, services, more, expected) =>
    expect(findingsOf(services as never, { volumes: { data: null, ...more } })).toEqual(expected),
  );

  it('may be mounted by what is not read', () => {
    const volumes = { data: null };
    expect(findingsOf(app('$VOLUME:/data') as never, { volumes })).not.toContain(UNUSED[0]);
    expect(findingsOf(app() as never, { volumes, include: ['more.yml'] })).not.toContain(UNUSED[0]);
  });
});
