import { ActionError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';

/** stub until lab3 has it */
export async function privateAddress(host: Host): Promise<string> {
  const { stdout } = await mustRun(host, { argv: ['ip', '-4', '-o', 'route', 'get', '192.0.2.1'] });
  const address = /\bsrc (\d+\.\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (address === undefined) throw new ActionError('internal', 'no address');
  return address;
}
