import { ActionError } from '../../errors.ts';
import type { KeyText } from './key-text.ts';

const NO_BEGIN = 'there is no "-----BEGIN … PRIVATE KEY-----" line in it';

/** What people store by mistake instead of a private key: how to know it, what to say of it, what to do. */
interface Mistake {
  readonly is: (text: string, labels: readonly string[]) => boolean;
  readonly message: string;
  readonly hint?: string;
}

const oneLine = (text: string) => !text.includes('\n');

const MISTAKES: readonly Mistake[] = [
  {
    is: text => text.includes('PuTTY-User-Key-File-'),
    message: 'this is a PuTTY key (.ppk)',
    hint: 'Convert it: puttygen KEY.ppk -O private-openssh -o KEY',
  },
  {
    is: (_, labels) => labels.some(label => label.startsWith('PGP ')),
    message: 'this is an OpenPGP key, not one of SSH',
    hint: 'Make a key of SSH: ssh-keygen -t ed25519 -f KEY',
  },
  {
    is: text => /(^|[\s"',])(ssh|ecdsa|sk)-[^\s"',]+-cert-v\d\d@openssh\.com\s+AAAA/.test(text),
    message: 'this is an SSH certificate (…-cert.pub), which goes with a private key',
    hint: 'Store the private key; its public half must be in ~/.ssh/authorized_keys on the machine, as certificates are not used here.',
  },
  {
    is: (text, labels) =>
      /(^|[\s"',])(ssh-|ecdsa-|sk-)[^\s"',]+\s+AAAA/.test(text) ||
      labels.some(label => label.endsWith('PUBLIC KEY')),
    message: 'this is the public half of a key',
    hint: 'Store the private file, the one without .pub.',
  },
  {
    is: (_, labels) => labels.some(label => label.endsWith('CERTIFICATE')),
    message: 'this is an X.509 certificate, not a private key',
    hint: 'Store the private key, the file that begins with "-----BEGIN … PRIVATE KEY-----".',
  },
  {
    is: text => oneLine(text) && /^(SHA256|MD5):/.test(text),
    message: 'this is the fingerprint of a key',
    hint: 'Store the private file itself; the fingerprint of the host key belongs into host-fingerprint.',
  },
  {
    is: text => oneLine(text) && /^(\$\{\{.*\}\}|\$\{?\w+\}?|%\w+%)$/.test(text),
    message: 'this is an expression that nobody has replaced by its value',
    hint: `Write it as \${{ secrets.NAME }} in the workflow, outside of quotes that keep it as it is.`,
  },
  {
    is: text => /^\*+$/.test(text),
    message: 'this is the mask of a secret, as logs show it, not the secret',
    hint: 'Store the key from its file, not from a log.',
  },
  {
    is: text =>
      oneLine(text) &&
      (/^SSH_AUTH_SOCK\b/.test(text) || (/^\/\S+$/.test(text) && /agent|\.sock$/.test(text))),
    message: "this is the path of an SSH agent's socket; this action does not use an agent",
    hint: 'Store the private key itself in the input key, or its path in key-file.',
  },
  {
    is: text =>
      oneLine(text) &&
      text.length < 300 &&
      (/^(~|\.{0,2}\/|[A-Za-z]:[\\/])\S*$/.test(text) || /^[\w./-]+\.(pem|key|pub|ppk)$/i.test(text)),
    message: `${NO_BEGIN}; it looks like a path`,
    hint: 'The input key takes the text of the key. A path on the runner goes into key-file.',
  },
];

/** Says what a text is in which no private key was found. */
export function nameMistake({ text, blocks }: KeyText): ActionError {
  const labels = blocks.map(block => block.label);
  const mistake = MISTAKES.find(({ is }) => is(text, labels));
  if (mistake) return new ActionError('key-format', mistake.message, { hint: mistake.hint });
  return new ActionError('key-format', NO_BEGIN);
}
