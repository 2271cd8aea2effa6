import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { RoutedHost } from '../../../src/host/routed-host.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

function machine(name: string, dialled: string[]) {
  const host = new ScriptedHost([[/^uname$/, { stdout: name }]]);
  host.dial = async (address, port) => {
    dialled.push(`${name} ${address}:${port}`);
    return new PassThrough();
  };
  return host;
}

describe('several machines as one', () => {
  it('make a connection on the machine that has the port, any other on the first', async () => {
    const dialled: string[] = [];
    const [one, two] = [machine('one', dialled), machine('two', dialled)];
    const host = new RoutedHost(
      one,
      new Map([
        [19092, one],
        [29092, two],
      ]),
    );
    for (const port of [29092, 19092, 8081]) await host.dial('127.0.0.1', port);
    expect(dialled).toEqual(['two 127.0.0.1:29092', 'one 127.0.0.1:19092', 'one 127.0.0.1:8081']);
  });

  it('run commands on the first', async () => {
    const host = new RoutedHost(machine('one', []), new Map([[29092, machine('two', [])]]));
    expect((await host.run({ argv: ['uname'] })).stdout).toBe('one');
  });

  it('say on which of them a port does not answer', async () => {
    const two = machine('two', []);
    two.dial = () => Promise.reject(new Error('connection refused'));
    const host = new RoutedHost(machine('one', []), new Map([[29092, two]]));
    await expect(host.dial('127.0.0.1', 29092)).rejects.toThrow('a scripted machine: connection refused');
  });
});
