import { expect, it } from 'vitest';
import { tunnelEnv } from '../../../src/tunnel/env.ts';

it('gives the tunnel no input, no state, and no variable that holds a secret', () => {
  const env = {
    PATH: '/home/runner/bin:/bin',
    AWS_ACCESS_KEY_ID: 'AKIA',
    RUNNER_TRACKING_ID: 'github_1',
    INPUT_KEY: 'the key',
    INPUT_HOST: 'machine.example',
    STATE_tunnel: '{}',
    MY_KEY: 'text with the key in it',
    UNSET: undefined,
  };
  // A passphrase may be part of a path: programs must be found all the same.
  const holdsSecret = (text: string) => text.includes('the key') || text.includes('runner');
  expect(tunnelEnv(env, holdsSecret)).toEqual({
    PATH: '/home/runner/bin:/bin',
    AWS_ACCESS_KEY_ID: 'AKIA',
    RUNNER_TRACKING_ID: 'github_1',
    UNSET: undefined,
  });
});
