import { KeyObject } from 'node:crypto';
import { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { gatherWrites } from '../../../../src/host/ssh/lighter-packets.ts';
import { makeKey } from '../../support/ssh-keys.ts';
import { SshServer } from '../../support/ssh-server.ts';
import { connected, connectOptions, targetAt } from '../../support/ssh-target.ts';

const hostKey = makeKey('ed25519');
const userKey = makeKey('ed25519');

/** What ssh2 has of it: the test fails where another version keeps its keys elsewhere. */
interface Internals {
  readonly _protocol: Record<'_cipher' | '_decipher', Readonly<Record<string, unknown>>> & { rekey(): void };
}

describe('what ssh2 encrypts with', () => {
  it.each([
    ['aes128-gcm@openssh.com', ['_encKey'], ['_decipherKey']],
    ['aes256-ctr', ['_macKey'], ['_macKey']],
  ])('is a key that Node knows: %s', async (cipher, out, back) => {
    const only = { cipher: [cipher] };
    const server = await SshServer.start({ hostKeys: [hostKey], authorized: [userKey], only });
    const { ssh } = await connected(targetAt(server.port, userKey), connectOptions().options);
    const { _protocol: protocol } = ssh.connection as unknown as Internals;
    const keys = () => {
      const { _cipher, _decipher } = protocol;
      return [...out.map(name => _cipher[name]), ...back.map(name => _decipher[name])];
    };
    const first = keys();
    expect(first.map(key => key instanceof KeyObject)).toEqual([true, true]);
    const again = new Promise(resolve => ssh.connection?.once('handshake', resolve));
    protocol.rekey();
    await again;
    expect(keys().map(key => key instanceof KeyObject)).toEqual([true, true]);
    expect(keys().some(key => first.includes(key))).toBe(false);
    expect((await ssh.execCommand('echo still there')).stdout).toBe('still there');
  });
});

describe('what is written in one turn', () => {
  it('goes out at once, in its order', async () => {
    const written: string[] = [];
    const stream = new Duplex({
      read() {},
      writev: (chunks, done) => {
        written.push(chunks.map(({ chunk }) => String(chunk)).join('|'));
        done();
      },
    });
    gatherWrites(stream);
    for (const piece of ['length', 'packet', 'tag']) stream.write(piece);
    await nextTurn();
    stream.write('next');
    await nextTurn();
    stream.end('last');
    await nextTurn();
    expect(written).toEqual(['length|packet|tag', 'next', 'last']);
  });
});
