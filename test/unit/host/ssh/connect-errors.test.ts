import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import { explainConnectFailure } from '../../../../src/host/ssh/connect-errors.ts';
import { UNPINNED } from '../../support/ssh-target.ts';

const target = {
  host: 'machine.example',
  port: 22,
  username: 'ec2-user',
  privateKey: '',
  passphrase: '',
  trust: UNPINNED,
};
const explain = (properties: object, message = 'as it came') =>
  explainConnectFailure(Object.assign(new Error(message), properties), target);

describe('a failed connection', () => {
  it.each<[object, string, RegExp]>([
    [{ code: 'ECONNREFUSED' }, 'ssh-unreachable', /the port is closed \(connection refused\)/],
    [{ code: 'EHOSTUNREACH' }, 'ssh-unreachable', /there is no route to it/],
    [{ code: 'ENETUNREACH' }, 'ssh-unreachable', /there is no route to it/],
    [{ code: 'ETIMEDOUT' }, 'ssh-unreachable', /a security group that drops packets looks like this/],
    [{ code: 'ECONNRESET' }, 'ssh-unreachable', /was reset before the SSH handshake was complete/],
    [{ code: 'ENOTFOUND' }, 'ssh-host-unknown', /the name "machine\.example" does not resolve \(ENOTFOUND\)/],
    [{ code: 'EAI_AGAIN' }, 'ssh-host-unknown', /does not resolve \(EAI_AGAIN\)/],
    [{ level: 'client-timeout' }, 'ssh-unreachable', /did not complete the SSH handshake/],
    [{ level: 'client-authentication' }, 'ssh-auth-refused', /did not accept the key for user "ec2-user"/],
    [{}, 'ssh-unreachable', /could not be reached: as it came/],
  ])('%j is told in words, and may be tried again', (properties, code, words) => {
    const error = explain(properties);
    expect(error).toMatchObject({ code, retriable: true });
    expect(error.message).toMatch(words);
    expect(error.message).toContain('machine.example');
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('that is explained already stays as it is', () => {
    const error = new ActionError('ssh-host-key-mismatch', 'x');
    expect(explainConnectFailure(error, target)).toBe(error);
  });
});
