import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../src/machine/facts.ts';
import { readNodeData } from '../../../src/machine/node-data.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

const ID = 'AbCdEfGhIjKlMnOpQrStUv';
const SETTINGS = `KAFKA_NODE_ID=2\nCLUSTER_ID=${ID}\nCONTROLLER_VOTERS=1@a:9093,2@b:9093,3@c:9093\n`;
const place = { directory: '/home/u/docker_exp', volume: 'docker_exp_data' };

const read = (stdout: string, facts: Partial<Machine> = { hasSudo: true }) =>
  readNodeData(new ScriptedHost([[/^sh -c /, { stdout }]]), facts as Machine, place);

describe('which node a machine is', () => {
  it('is nothing on a bare machine', async () => {
    expect(await read('\n--- volume\n')).toEqual({});
  });

  it('is what its data say, whatever its settings are', async () => {
    const data = `#\nnode.id=4\nversion=1\ncluster.id=${ID}\n`;
    expect(await read(`${SETTINGS}\n--- volume\n${data}`)).toEqual({
      nodeId: 4,
      clusterId: ID,
      controllers: 3,
      hasData: true,
    });
  });

  it('stands in the rack that its settings name', async () => {
    const data = `node.id=4\ncluster.id=${ID}\n`;
    const racked = (rack: string) => read(`${SETTINGS}KAFKA_BROKER_RACK=${rack}\n\n--- volume\n${data}`);
    expect(await racked('eu-west-3a')).toMatchObject({ nodeId: 4, formerRack: 'eu-west-3a' });
    expect(await racked('$(id)')).not.toHaveProperty('formerRack');
  });

  it('is what its settings say where it has no data', async () => {
    expect(await read(`${SETTINGS}\n--- volume\n`)).toEqual({ nodeId: 2, clusterId: ID, controllers: 3 });
  });

  it.each(['broker.id=1\nversion=0\n', 'node.id=0\ncluster.id=x\n', `node.id=-1\ncluster.id=${ID}\n`])(
    'is not guessed from other data: %j',
    async data => expect(await read(`\n--- volume\n${data}`)).toEqual({}),
  );

  it('is not asked where sudo is refused: the first step says so', async () => {
    expect(await read('', { hasSudo: false })).toEqual({});
  });
});
