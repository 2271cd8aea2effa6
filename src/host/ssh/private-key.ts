import ssh2 from 'ssh2';
import { ActionError } from '../../errors.ts';
import {
  damaged,
  missingPassphrase,
  unsupportedCipher,
  unusableKind,
  wrongPassphrase,
} from './key-errors.ts';
import { findBlocks, type KeyText, type PemBlock } from './key-text.ts';
import { nameMistake } from './not-a-key.ts';
import { type OpenSshKeyHead, readHead } from './openssh-key.ts';
import { convertPem, isEncryptedPem } from './pem-key.ts';

/** A private key that can be used. */
export interface UsableKey {
  /** In PEM or OpenSSH format, still encrypted if it was (except what had to be converted). */
  readonly privateKey: string;
  /** '' for none. */
  readonly passphrase: string;
  /** What was put right on the way, for those who look closely. */
  readonly repairs: readonly string[];
}

/**
 * A private key in a form the SSH library reads, from what people really store in a secret: with text around it, quotes,
 * indentation, line breaks lost or written out, as base64, in PKCS#8.
 *
 * @param text the key as given
 * @param passphrase its passphrase, '' for none
 * @throws ActionError `key-format` or `key-passphrase`, in words that never contain the key
 */
export function readPrivateKey(text: string, passphrase: string): UsableKey {
  const found = findBlocks(text);
  const [block, ...others] = found.blocks.filter(({ label }) => isPrivate(label));
  if (!block || /PuTTY-User-Key-File-/.test(found.text)) throw nameMistake(found);
  if (block.isCut) {
    throw new ActionError('key-format', 'it ends before its "-----END … PRIVATE KEY-----" line', {
      hint: 'Copy the whole file, with its first and its last line.',
    });
  }
  if (block.foreign !== undefined) throw foreignCharacter(block.foreign);
  const opened = openWith(block, passphrase);
  const repairs = [...repairsOf(text, found, block, others.length), ...opened.repairs];
  return { ...opened, repairs };
}

const isPrivate = (label: string) => label.endsWith('PRIVATE KEY');

/** Nothing but dashes after the label; the label is taken whole, so that a long text takes no long time. */
const ENDS_WITH_ITS_FRAME = /^END [A-Z0-9 ]+(?![A-Z0-9 ])[^\w]*$/;

function repairsOf(given: string, found: KeyText, block: PemBlock, others: number): string[] {
  if (given.trim() === block.pem.trim()) return [];
  const repairs: string[] = [];
  if (others > 0) repairs.push(`it holds ${others + 1} private keys: the first is used`);
  if (!/-----BEGIN /.test(given)) repairs.push('it was encoded: it is read as base64 or in plain dashes');
  const isAlone =
    /^[^\w]*BEGIN /.test(found.text) &&
    ENDS_WITH_ITS_FRAME.test(found.text.slice(found.text.lastIndexOf('END '))) &&
    found.blocks.length === 1;
  repairs.push(isAlone ? 'its lines are set anew' : 'what stands around the key is left out');
  return repairs;
}

/** A line break at the end of a passphrase is left out only where that opens the key. */
function openWith(block: PemBlock, passphrase: string): UsableKey {
  try {
    return { privateKey: usable(block, passphrase), passphrase, repairs: [] };
  } catch (error) {
    const shorter = passphrase.replace(/(?<![\r\n])[\r\n]+$/, '');
    const isWrong = error instanceof ActionError && error.code === 'key-passphrase';
    if (!isWrong || shorter === passphrase || shorter === '') throw error;
    try {
      const repairs = ['the line break at the end of its passphrase is left out'];
      return { privateKey: usable(block, shorter), passphrase: shorter, repairs };
    } catch {
      throw error;
    }
  }
}

/** @returns the key as the SSH library reads it with this passphrase */
function usable({ label, pem }: PemBlock, passphrase: string): string {
  if (label.startsWith('SSH2 ')) {
    throw new ActionError('key-format', 'this is a key in the format of ssh.com', {
      hint: 'Convert it: ssh-keygen -i -f KEY > NEW (without a passphrase), or with puttygen.',
    });
  }
  if (label === 'DSA PRIVATE KEY') throw unusableKind('DSA');
  const head = readHead(pem);
  if (!head) {
    if (isEncryptedPem(pem) && passphrase === '') throw missingPassphrase();
    const isRead = /^(RSA|EC) /.test(label) && !(parse(pem, passphrase) instanceof Error);
    // What the library reads may still be of a curve that SSH does not have.
    const converted = convertPem(pem, passphrase);
    return isRead ? pem : converted;
  }
  refuseUnreadable(pem, passphrase, head);
  return pem;
}

function refuseUnreadable(pem: string, passphrase: string, head: OpenSshKeyHead): void {
  if (!/^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))$/.test(head.type)) throw unusableKind(head.type);
  if (head.cipher !== 'none' && passphrase === '') throw missingPassphrase();
  const parsed = parse(pem, passphrase);
  if (!(parsed instanceof Error)) return;
  if (head.cipher === 'none') throw damaged(parsed);
  if (/bad passphrase|unable to authenticate/i.test(parsed.message)) throw wrongPassphrase(parsed);
  if (/malformed/i.test(parsed.message)) throw damaged(parsed);
  throw unsupportedCipher(head.cipher, parsed);
}

/** The SSH library's own judgement; some of its parsers throw where others return the error. */
function parse(key: string, passphrase: string): unknown {
  try {
    return ssh2.utils.parseKey(key, passphrase || undefined);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function foreignCharacter(character: string): ActionError {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const shown = character.trim() === '' ? code : `"${character}" (${code})`;
  return new ActionError('key-format', `it holds a character that no key has, ${shown}: it is damaged`, {
    hint:
      character === '*'
        ? 'It was copied from a log, where secrets are masked. Store the key from its file.'
        : 'Store the file itself, e.g. with: gh secret set NAME < KEY',
  });
}
