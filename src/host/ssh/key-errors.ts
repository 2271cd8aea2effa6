import { ActionError } from '../../errors.ts';

const ANOTHER_CIPHER =
  'Encrypt it with another cipher; the passphrase may stay the same: ssh-keygen -p -Z aes256-ctr -f KEY';

export const missingPassphrase = () =>
  new ActionError('key-passphrase', 'the key is encrypted and no passphrase is given');

export const wrongPassphrase = (cause: unknown) =>
  new ActionError('key-passphrase', 'the passphrase does not open this key', { cause });

/** A key that is recognized and whose content makes no sense. */
export const damaged = (cause?: unknown) =>
  new ActionError('key-format', 'it is damaged: something in the middle is missing or changed', {
    cause,
    hint: 'Store the file itself, e.g. with: gh secret set NAME < KEY. Whether the file is whole tells: ssh-keygen -y -f KEY',
  });

/** A key that is protected by a cipher that nothing here reads: not a question of the passphrase. */
export const unsupportedCipher = (cipher: string, cause: unknown, hint = ANOTHER_CIPHER) =>
  new ActionError('key-format', `the key is encrypted with ${cipher}: this cipher is not supported`, {
    cause,
    hint,
  });

/** A kind of key that cannot sign in here. @param kind as in the key, e.g. `ssh-dss` */
export function unusableKind(kind: string): ActionError {
  const hint =
    'Make another key: ssh-keygen -t ed25519 -f KEY; its public half goes into ~/.ssh/authorized_keys.';
  if (kind.startsWith('sk-')) {
    return new ActionError(
      'key-format',
      `this is a FIDO key (${kind}): its secret is in a security key that a runner does not have`,
      { hint },
    );
  }
  if (kind === 'DSA' || kind === 'ssh-dss') {
    return new ActionError('key-format', 'this is a DSA key; no SSH server of these days takes it', { hint });
  }
  return new ActionError(
    'key-format',
    `this is a key of kind ${kind}, with which nobody signs in over SSH here`,
    {
      hint,
    },
  );
}
