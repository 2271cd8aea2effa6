import type { ParsedKey } from 'ssh2';
import { ERRORS } from '../../error-codes.ts';
import { ActionError } from '../../errors.ts';
import { fingerprintOf } from './host-keys.ts';
import { rsaBitsOf, SMALLEST_RSA_BITS } from './rsa-size.ts';
import type { SignInFacts } from './sign-in.ts';
import { nameOf, type SshTarget } from './target.ts';

/** What pam_nologin says while a machine still starts, or already shuts down. */
const NOT_NOW = /system is (booting up|going down)|unprivileged users are not permitted to log in yet/i;
const SHOWN_NOTICES = 5;

/** Why the machine did not let the user in, from what it answered. */
export function explainRefusal(cause: unknown, target: SshTarget, facts: SignInFacts): ActionError {
  const name = nameOf(target);
  const user = `user "${target.username}"`;
  const details = facts.notices.slice(-SHOWN_NOTICES);
  if (facts.isPartial) {
    const message = `${name} accepted the key for ${user} and then asks for more: ${facts.methods.join(', ')}`;
    return new ActionError('ssh-second-factor', message, { cause, details });
  }
  if (!facts.wasOffered) {
    const others = facts.methods.join(', ') || 'nothing else';
    return new ActionError('ssh-auth-refused', `${name} takes no key from ${user}; it takes ${others}`, {
      cause,
      details,
      hint: 'This action signs in by key alone. In /etc/ssh/sshd_config of the machine set PubkeyAuthentication yes, and for this user AuthenticationMethods publickey; then: sudo systemctl reload sshd',
    });
  }
  if (facts.isKnown) {
    return new ActionError(
      'ssh-auth-refused',
      `${name} knows the key of ${user} but does not let this user in`,
      {
        cause,
        details,
        hint:
          target.username === 'root'
            ? 'Set username: ec2-user, who may use sudo there: PermitRootLogin in /etc/ssh/sshd_config keeps root out.'
            : 'sshd says why on the machine: sudo journalctl -u sshd -n 20',
      },
    );
  }
  return refusedKey(cause, target, facts.key, details);
}

function refusedKey(
  cause: unknown,
  target: SshTarget,
  key: ParsedKey,
  details: readonly string[],
): ActionError {
  const bits = rsaBitsOf(key.getPublicSSH());
  const kind = bits === undefined ? key.type : `RSA, ${bits} bits`;
  const shown = `${fingerprintOf(key.getPublicSSH())}, ${kind}`;
  const message = `${nameOf(target)} did not accept the key for user "${target.username}" (${shown})`;
  const usual = ERRORS['ssh-auth-refused'].hint;
  if (bits === undefined)
    return new ActionError('ssh-auth-refused', message, { cause, details, retriable: true });
  if (bits < SMALLEST_RSA_BITS) {
    return new ActionError(
      'ssh-auth-refused',
      `${message}: Amazon Linux 2023 takes no RSA key under ${SMALLEST_RSA_BITS} bits`,
      {
        cause,
        details,
        hint: `Make a new key with: ssh-keygen -t ed25519 -f KEY; put the line of KEY.pub into ~/.ssh/authorized_keys of ${target.username}, and KEY into the input.`,
      },
    );
  }
  return new ActionError('ssh-auth-refused', message, {
    cause,
    details,
    retriable: true,
    hint: `${usual} RequiredRSASize or PubkeyAcceptedAlgorithms in /etc/ssh/sshd_config may refuse RSA keys of this size or all of them: an ED25519 key (ssh-keygen -t ed25519) passes.`,
  });
}

/** The machine ended the connection while the user signed in. @param how in our words, where the machine has none */
export function explainEndedSignIn(
  cause: unknown,
  target: SshTarget,
  { reasons, notices, isKnown }: SignInFacts,
  how: string,
): ActionError {
  const said = reasons.join(' ');
  const name = nameOf(target);
  if (NOT_NOW.test(said)) {
    return new ActionError('ssh-auth-refused', `${name} lets nobody in now: "${said}"`, {
      cause,
      hint: 'The machine starts or shuts down (/run/nologin is there). Raise connect-timeout; on the machine, systemctl list-jobs shows what it waits for.',
      retriable: true,
      facts: { isStarting: true },
    });
  }
  const user = `user "${target.username}"`;
  if (said !== '') {
    return new ActionError('ssh-auth-refused', `${name} knows the key of ${user} and refuses: "${said}"`, {
      cause,
      hint: `Set the account right on the machine (sudo chage -l ${target.username}; sudo journalctl -u sshd -n 20), or use another user.`,
    });
  }
  const known = isKnown ? ', whose key it knows' : '';
  return new ActionError('ssh-auth-refused', `${name} ended the sign-in of ${user}${known}: ${how}`, {
    cause,
    details: notices.slice(-SHOWN_NOTICES),
    retriable: true,
  });
}
