import { describe, expect, it } from 'vitest';
import type { DeploymentRecord } from '../../../src/machine/parse-record.ts';
import { choosePortShift } from '../../../src/machine/port-shift.ts';
import { RECORD } from '../support/deployment-records.ts';
import { ScriptedHost } from '../support/scripted-host.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

describe('the ports of an environment', () => {
  const PORTS = [2181, 19092, 8081];
  const other = (shift: number): DeploymentRecord => ({
    ...{ ...RECORD, project: `p-${shift}`, portShift: shift },
    ports: PORTS.map(port => port + shift),
  });
  const choose = (records: readonly DeploymentRecord[], listening: readonly string[] = []) => {
    const lines = listening.map(local => `LISTEN 0      4096   ${local} 0.0.0.0:*\n`);
    const machine = new ScriptedHost([[/^ss /, { stdout: lines.join('') }]]);
    return { machine, shift: choosePortShift(machine, 'p-own', PORTS, records) };
  };

  it('are the first block above those of the deployment without an environment', async () => {
    expect(await choose([]).shift).toBe(100);
    expect(await choose([other(0)]).shift).toBe(100);
  });

  it('are those it had before, whoever listens there now: most likely itself', async () => {
    const { machine, shift } = choose([{ ...other(300), project: 'p-own' }, other(100)], ['127.0.0.1:8381']);
    expect(await shift).toBe(300);
    expect(machine.ran).toEqual([]);
  });

  it('are others when somebody else has noted one of them meanwhile', async () => {
    expect(
      await choose([
        { ...other(100), project: 'p-own' },
        { ...other(0), ports: [8181] },
      ]).shift,
    ).toBe(200);
  });

  it('are not those of a deployment without an environment, which has none of its own', async () => {
    expect(await choose([{ ...other(0), project: 'p-own' }]).shift).toBe(100);
  });

  it('are none that another environment has noted, also when it does not run', async () => {
    expect(await choose([other(100), other(300)]).shift).toBe(200);
    expect(await choose([other(100), other(200)]).shift).toBe(300);
  });

  it.each(['0.0.0.0:8181', '127.0.0.1:8181', '[::]:8181', '*:8181', '127.0.0.1%lo:8181'])(
    'are none at which somebody listens: %s',
    async local => {
      expect(await choose([], [local]).shift).toBe(200);
      expect(await choose([], [local.replace('8181', '18181'), local.replace('8181', '8182')]).shift).toBe(
        100,
      );
    },
  );

  it('are in no block of which one port is taken', async () => {
    expect(await choose([{ ...other(0), ports: [19192] }], ['*:2381']).shift).toBe(300);
  });

  it('run out', async () => {
    const all = Array.from({ length: 50 }, (_, index) => other(100 * (index + 1)));
    expect(await choose(all.slice(0, 49)).shift).toBe(5_000);
    expect(await actionErrorOf(() => choose(all).shift)).toMatchObject({
      code: 'port-in-use',
      hint: expect.stringContaining('Take down environments'),
    });
  });
});
