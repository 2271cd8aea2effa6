import { describe, expect, it } from 'vitest';
import { connect } from '../../../../src/host/ssh/connect.ts';
import { SignIn } from '../../../../src/host/ssh/sign-in.ts';
import { explainEndedSignIn } from '../../../../src/host/ssh/sign-in-errors.ts';
import { type KeyPair, makeKey } from '../../support/ssh-keys.ts';
import { SshServer } from '../../support/ssh-server.ts';
import { connectOptions, targetAt } from '../../support/ssh-target.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const hostKey = makeKey('ed25519');
const userKey = makeKey('ed25519');
type Behaviour = Parameters<typeof SshServer.start>[0]['signIn'];

async function refusalBy(signIn: Behaviour, key: KeyPair = userKey, username = 'ec2-user') {
  const authorized = signIn ? [key] : [];
  const server = await SshServer.start({ hostKeys: [hostKey], authorized, ...(signIn ? { signIn } : {}) });
  const { options, clock } = connectOptions({ connectTimeoutMs: 600_000 });
  const error = await actionErrorOf(() => connect(targetAt(server.port, key, { username }), options));
  return { error, pauses: clock.sleeps.length, waitedMs: clock.now() };
}

describe('a sign-in that is refused', () => {
  it.each<[Behaviour, string, RegExp, RegExp]>([
    [
      'second-factor',
      'ssh-second-factor',
      /accepted the key for user "ec2-user" and then asks for more: keyboard-interactive$/,
      /AuthenticationMethods publickey/,
    ],
    ['password-only', 'ssh-auth-refused', /takes no key from user "ec2-user"; it takes password$/, /Pubkey/],
    ['known-but-refused', 'ssh-auth-refused', /knows the key of user "ec2-user" but does not/, /journalctl/],
  ])('for good is told at once: %s', async (behaviour, code, words, hint) => {
    const { error, pauses } = await refusalBy(behaviour);
    expect(error).toMatchObject({ code, retriable: false });
    expect(error.message).toMatch(words);
    expect(error.hint).toMatch(hint);
    expect(pauses).toBe(0);
  });

  it('to root, whose key is known, points to the user of the image', async () => {
    const { error } = await refusalBy('known-but-refused', userKey, 'root');
    expect(error.hint).toMatch(/username: ec2-user.*PermitRootLogin/);
  });

  it('by an end of the connection is tried again for some seconds', async () => {
    const { error, pauses, waitedMs } = await refusalBy('ended');
    expect(error.code).toBe('ssh-auth-refused');
    expect(error.message).toMatch(/ended the sign-in of user "ec2-user", whose key it knows: it closed/);
    expect(pauses).toBeGreaterThan(0);
    expect(waitedMs).toBeLessThan(10_000);
  });

  it('shows which key was offered, and no part of it', async () => {
    const { error } = await refusalBy(undefined);
    expect(error.message).toContain(`(${userKey.fingerprint}, ssh-ed25519)`);
    expect(error.message).not.toContain(userKey.privateKey.slice(100, 140));
    expect(error.hint).toMatch(/AllowUsers.*journalctl/);
  });

  it.each([
    ['1024', 0, /\(SHA256:\S+, RSA, 1024 bits\): Amazon Linux 2023 takes no RSA key under 2048/],
    ['2048', 1, /RSA, 2048 bits/],
  ])('to an RSA key of %s bits names its size', async (bits, leastPauses, words) => {
    const { error, pauses } = await refusalBy(undefined, makeKey('rsa', '', ['-b', bits]));
    expect(error.message).toMatch(words);
    expect(`${error.message} ${error.hint}`).toMatch(/RequiredRSASize|ssh-keygen -t ed25519/);
    expect(pauses).toBeGreaterThanOrEqual(leastPauses);
    if (leastPauses === 0) expect(pauses).toBe(0);
  });
});

describe('a sign-in that the machine ends with words', () => {
  const target = targetAt(22, userKey);
  const ended = (...words: string[]) => {
    const signIn = new SignIn(target);
    signIn.hear('Authorized use only.\r\n\r\nAll is logged.');
    signIn.isKnown = true;
    for (const text of words) signIn.hear(text);
    return explainEndedSignIn(new Error('x'), target, signIn, 'it closed the connection');
  };

  it('quotes those that came after the key, and not the legal notice', () => {
    const error = ended('Your account has expired; please contact your system administrator.\n\n');
    expect(error).toMatchObject({ code: 'ssh-auth-refused', retriable: false });
    expect(error.message).toMatch(
      /knows the key .* and refuses: "Your account has expired; .*administrator\."$/,
    );
    expect(error.message).not.toContain('Authorized use');
  });

  it('waits for a machine that is only starting', () => {
    const error = ended('"System is booting up. See pam_nologin(8)"');
    expect(error).toMatchObject({ retriable: true, facts: { isStarting: true } });
    expect(error.message).toMatch(/lets nobody in now/);
  });

  it('without any says so, and shows the notice', () => {
    expect(ended()).toMatchObject({
      retriable: true,
      details: ['Authorized use only.', 'All is logged.'],
    });
  });
});
