import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import { explainConnectFailure } from '../../../../src/host/ssh/connect-errors.ts';
import { explainDialFailure } from '../../../../src/host/ssh/dial-errors.ts';
import { explainHandshakeFailure, type Handshake } from '../../../../src/host/ssh/handshake-errors.ts';
import { ServerWords } from '../../../../src/host/ssh/server-words.ts';
import { SignIn } from '../../../../src/host/ssh/sign-in.ts';
import type { SshTarget } from '../../../../src/host/ssh/target.ts';
import { makeKey } from '../../support/ssh-keys.ts';
import { targetAt } from '../../support/ssh-target.ts';

const target: SshTarget = { ...targetAt(22, makeKey('ed25519')), host: 'machine.example' };
const thrown = (properties: object, message = 'as it came') => Object.assign(new Error(message), properties);

describe('a TCP connection that does not come about', () => {
  it.each<[object, string, RegExp, RegExp]>([
    [
      { code: 'ECONNREFUSED' },
      'ssh-unreachable',
      /the port is closed \(connection refused\)/,
      /nothing listens at port 22/,
    ],
    [{ code: 'EHOSTUNREACH' }, 'ssh-unreachable', /no route to it \(host unreachable\)/, /security group/],
    [{ code: 'ENETUNREACH' }, 'ssh-unreachable', /no route to it \(ENETUNREACH\)/, /self-hosted runner/],
    [{ code: 'ETIMEDOUT' }, 'ssh-unreachable', /a security group that drops packets/, /network ACL/],
    [{ code: 'ECONNRESET' }, 'ssh-unreachable', /was reset before the SSH handshake/, /security group/],
    [{ code: 'EPERM' }, 'ssh-unreachable', /the runner itself may not connect/, /firewall of the runner/],
    [{ code: 'ENOTFOUND' }, 'ssh-host-unknown', /"machine\.example" does not resolve/, /spelling/],
    [{ code: 'EAI_AGAIN' }, 'ssh-host-unknown', /name server does not answer/, /spelling/],
    [{}, 'ssh-unreachable', /could not be reached: as it came/, /security group/],
  ])('%j is told in words, and may be tried again', (properties, code, words, hint) => {
    const error = explainDialFailure(thrown(properties), target);
    expect(error).toMatchObject({ code, retriable: true });
    expect(error.message).toMatch(words);
    expect(error.message).toContain('machine.example');
    expect(error.hint).toMatch(hint);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('is told by the address that answered when there are several', () => {
    const several = new AggregateError([thrown({ code: 'ENETUNREACH' }), thrown({ code: 'ECONNREFUSED' })]);
    expect(explainDialFailure(several, target).message).toMatch(/connection refused/);
  });

  it.each([
    ['2001:db8::1', { code: 'ENETUNREACH' }, /no IPv6/],
    ['fe80::1', { code: 'EINVAL' }, /fe80::1%eth0/],
    ['i-0123456789abcdef0', { code: 'ENOTFOUND' }, /instance id is not a name/],
  ])('has a hint of its own for %s', (host, properties, hint) => {
    expect(explainDialFailure(thrown(properties), { ...target, host }).hint).toMatch(hint);
  });
});

describe('a handshake that fails', () => {
  const SILENT = { level: 'client-timeout' };
  const RESET = { code: 'ECONNRESET' };
  const CLOSED = 'No response from server';
  const OPENSSH = 'SSH-2.0-OpenSSH_8.7\r\n';
  const explain = (said: string, error: Error, more: Partial<Handshake> = {}) =>
    explainHandshakeFailure(error, target, {
      words: new ServerWords(Buffer.from(said, 'latin1')),
      signIn: new SignIn(target),
      hostKeyAlgorithms: ['ssh-ed25519'],
      isEncrypted: false,
      limit: '20 s',
      ...more,
    });

  it.each<[string, string, Error, string, boolean, RegExp, RegExp]>([
    ['silence', '', thrown(SILENT), 'ssh-unreachable', true, /did not say a word in 20 s/, /load balancer/],
    ['an end', '', thrown({}, CLOSED), 'ssh-unreachable', true, /closed it at once/, /MaxStartups.*fail2ban/],
    ['a reset', '', thrown(RESET), 'ssh-unreachable', true, /reset it at once/, /hosts\.deny/],
    [
      'sshd that is full',
      'Exceeded MaxStartups\r\n',
      thrown({}, CLOSED),
      'ssh-unreachable',
      true,
      /turned the connection away: "Exceeded MaxStartups"/,
      /PerSourcePenalties/,
    ],
    [
      'a web server',
      'HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n',
      thrown({}, CLOSED),
      'ssh-unreachable',
      false,
      /not an SSH server answers for ec2-user@machine\.example: it is HTTP; it said "HTTP\/1\.1 400/,
      /Set port/,
    ],
    [
      'TLS',
      '\x15\x03\x03\0\x02\x02\x46',
      thrown({}, CLOSED),
      'ssh-unreachable',
      false,
      /: it is TLS$/,
      /port/,
    ],
    ['mail', '220 mx ESMTP\r\n', thrown(SILENT), 'ssh-unreachable', false, /it is SMTP or FTP/, /Set port/],
    ['anything', 'hello\r\n', thrown(SILENT), 'ssh-unreachable', false, /; it said "hello"$/, /Set port/],
    [
      'silence in the key exchange',
      OPENSSH,
      thrown(SILENT),
      'ssh-handshake-failed',
      true,
      /answered as SSH-2\.0-OpenSSH_8\.7 but did not complete the key exchange in 20 s/,
      /MTU/,
    ],
    [
      'an end in it',
      OPENSSH,
      thrown({}, CLOSED),
      'ssh-handshake-failed',
      true,
      /ended the connection/,
      /sshd/,
    ],
    [
      'a fault in it',
      OPENSSH,
      thrown({}, 'Bad MAC'),
      'ssh-handshake-failed',
      true,
      /failed: Bad MAC/,
      /on the way/,
    ],
    [
      'SSH 1',
      'SSH-1.5-Cisco-1.25\n',
      thrown({}, 'Invalid identification string'),
      'ssh-handshake-failed',
      false,
      /SSH-1\.5-Cisco/,
      /SSH 2/,
    ],
  ])('%s', (_, said, error, code, retriable, words, hint) => {
    const explained = explain(said, error);
    expect(explained).toMatchObject({ code, retriable });
    expect(explained.message).toMatch(words);
    expect(explained.message).toContain('machine.example');
    expect(explained.hint).toMatch(hint);
  });

  it('in the sign-in is not taken for one in the key exchange', () => {
    const silent = explain(OPENSSH, thrown(SILENT), { isEncrypted: true });
    expect(silent).toMatchObject({ code: 'ssh-handshake-failed', retriable: true });
    expect(silent.message).toMatch(/did not answer the sign-in of user "ec2-user" in 20 s/);
    const tooMany = explain(OPENSSH, thrown({ code: 2 }, 'Too many authentication failures'), {
      isEncrypted: true,
    });
    expect(tooMany).toMatchObject({ code: 'ssh-auth-refused' });
    expect(tooMany.message).toMatch(/ended the sign-in .*: Too many authentication failures$/);
  });

  it('that is explained already stays as it is', () => {
    const error = new ActionError('ssh-host-key-mismatch', 'x');
    expect(explain('', error)).toBe(error);
    expect(explainConnectFailure(error, target)).toBe(error);
    expect(explainDialFailure(error, target)).toBe(error);
  });
});
