import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOf, timeOf, troubleOf } from '../../../src/machine/container-troubles.ts';
import { lookAt, readContainer } from '../../../src/machine/machine-look.ts';
import { thisComputer } from '../support/local-host.ts';
import { containerState, LOOK, lookOutput } from '../support/machine-looks.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

const project = { name: 'kafka', directory: '/k', composeFiles: [] };

describe('a look at a machine', () => {
  it('tells its start, its time, and what the engine knows of each container', async () => {
    const containers = [
      containerState('zookeeper', { volumes: ['kafka_data', 'kafka_log'] }),
      containerState('broker', { isHalted: true, healthOutput: 'no answer' }),
      containerState('registry', {
        ...{ state: 'exited', exitCode: 137, isOutOfMemory: true, memoryLimit: 1 << 20, restarts: 3 },
        ...{ finishedAt: '2026-11-26T13:50:01Z', error: 'no', isUnhealthy: true },
      }),
    ];
    const host = new ScriptedHost([[LOOK, { stdout: lookOutput(containers, 'a 1', 77) }]]);
    expect(await lookAt(host, project)).toEqual({ boot: 'a 1', atS: 77, containers });
    expect(host.ran[0]).toMatch(/^sudo .*label=com\.docker\.compose\.project=kafka/s);
  });

  it('needs neither root nor an engine where there is no project', async () => {
    const look = await lookAt(thisComputer());
    expect(look).toEqual({
      boot: expect.stringMatching(/^[0-9a-f-]{36} \d+$/),
      atS: expect.any(Number),
      containers: [],
    });
    expect((await lookAt(thisComputer())).boot).toBe(look.boot);
    expect(Math.abs(look.atS - Date.now() / 1000)).toBeLessThan(60);
  });

  it('understands containers without labels, health checks and mounts', async () => {
    const bare = lookOutput([containerState('x')])
      .replace('"service":"x"', '"service":null')
      .replace(/"mounts":\[.*?\]/, '"mounts":null')
      .replace(/"Health":\{.*?\}/, '"Health":null');
    const host = new ScriptedHost([[LOOK, { stdout: bare }]]);
    const { containers } = await lookAt(host, project);
    expect(containers).toMatchObject([{ service: '', volumes: [], isUnhealthy: false, healthOutput: '' }]);
  });
});

describe('a container of any shape', () => {
  const sample = lookOutput([containerState('broker', { state: 'exited', isOutOfMemory: true })])
    .split('\n')
    .find(line => line.startsWith('{'));
  const whole = JSON.parse(sample ?? '{}') as { readonly state: object };
  const some = (object: object) =>
    fc
      .dictionary(fc.constantFrom(...Object.keys(object)), fc.jsonValue())
      .map(more => ({ ...object, ...more }));
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    some(whole).map(value => JSON.stringify(value)),
    some(whole.state).map(state => JSON.stringify({ ...whole, state })),
  );

  it('is read without an error, and has times that are dates', () => {
    const property = fc.property(texts, text => {
      const container = readContainer(text, '');
      if (!container) return;
      for (const time of [container.createdAt, container.startedAt, container.finishedAt])
        expect(Date.parse(time)).not.toBeNaN();
      troubleOf(container);
      expect(endOf(container)).not.toMatch(/NaN|Invalid|undefined/);
    });
    fc.assert(property, { numRuns: 2_000, seed: 13 });
  });

  it.each(['2026-99-99T99:99:99Z', 'yesterday', '', '::error::', '-1', '2026-11-26'])(
    'whose time is none never was: %s',
    time => {
      const container = readContainer(JSON.stringify({ ...whole, createdAt: time }), '');
      expect(timeOf(container?.createdAt ?? '?')).toBe('');
      expect(timeOf('yesterday')).toBe('');
    },
  );
});
