import { describe, expect, it } from 'vitest';
import { privateAddress } from '../../../src/machine/private-address.ts';
import { ScriptedHost } from '../support/scripted-host.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const hostWith = (...lines: string[]) =>
  new ScriptedHost([[/^sh -c \nip -4/, { stdout: lines.map(line => `${line}\n`).join('') }]]);

describe('privateAddress', () => {
  it('is that of the default route', async () => {
    const host = hostWith('address 10.0.1.5', 'address 10.0.9.5', 'default 10.0.9.5');
    await expect(privateAddress(host)).resolves.toBe('10.0.9.5');
  });

  it('is the only one where no default route is', async () => {
    await expect(privateAddress(hostWith('address 10.0.1.5'))).resolves.toBe('10.0.1.5');
  });

  it('is the one that is given, when the machine has it', async () => {
    const host = hostWith('address 10.0.1.5', 'address 10.0.9.5', 'default 10.0.9.5');
    await expect(privateAddress(host, '10.0.1.5')).resolves.toBe('10.0.1.5');
  });

  it.each([
    [
      ['address 10.0.1.5'],
      '10.0.1.6',
      'private-addresses gives 10.0.1.6 for a scripted machine, and that machine has 10.0.1.5',
    ],
    [
      ['address 10.0.1.5', 'address 10.0.9.5'],
      undefined,
      'a scripted machine has no default route, so that nobody can say by which address the other machines find it: it has 10.0.1.5, 10.0.9.5',
    ],
    [
      [],
      undefined,
      'a scripted machine has no default route, so that nobody can say by which address the other machines find it: it has no IPv4 address',
    ],
  ])('is not guessed from %j with %s given', async (lines, given, message) => {
    const thrown = await actionErrorOf(() => privateAddress(hostWith(...lines), given));
    expect(thrown).toMatchObject({ code: 'private-address-unknown', message });
  });
});
