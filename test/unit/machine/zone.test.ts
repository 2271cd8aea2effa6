import { describe, expect, it } from 'vitest';
import { availabilityZone } from '../../../src/machine/zone.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

const asked = (stdout: string) => availabilityZone(new ScriptedHost([[/169\.254\.169\.254/, { stdout }]]));

describe('the availability zone of a machine', () => {
  it('is what its metadata service says', async () => {
    expect(await asked('eu-west-3a')).toBe('eu-west-3a');
    expect(await asked('eu-west-3a\n')).toBe('eu-west-3a');
  });

  it.each([
    '',
    '\n',
    '<html>Sign in</html>',
    'no route to host',
    'eu-west-3a\nKAFKA_NODE_ID=1',
    'x'.repeat(65),
  ])('is not taken from any other answer: %j', async answer => expect(await asked(answer)).toBeUndefined());
});
