import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type net from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ClientSecurity } from '../../../../src/kafka/security/client-security.ts';
import { pythonSettings, pythonSettingsOf } from '../../../../src/kafka/security/python-settings.ts';
import { Authority } from '../../../support/certificates.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const authority = new Authority('ca');
afterAll(() => authority.remove());
const server = authority.issue({ name: 'localhost' });
const client = authority.issue({ name: 'client' });
const checksName = true;

/** Greets with TLS as client_settings.py sets it up; prints what the server says, and the settings but the context. */
const GREET = `
import socket, sys
sys.path.insert(0, 'client')
sys.dont_write_bytecode = True
from client_settings import read_settings
settings = read_settings('-')
context = settings.pop('ssl_context', None)
print(sorted(settings.items()))
if context:
    with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as plain:
        with context.wrap_socket(plain, server_hostname='localhost') as secure:
            print(secure.recv(100).decode())
`;

const greet = (settings: ClientSecurity, port?: number) => greetWith(pythonSettings(settings), port);

function greetWith(settings: string | undefined, port = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    const python = execFile('python3', ['-c', GREET, `${port}`], (error, stdout, stderr) =>
      error ? reject(new Error(stderr.trim().split('\n').at(-1))) : resolve(stdout.trim()),
    );
    python.stdin?.end(settings);
  });
}

async function listening(): Promise<number> {
  const listener = tls.createServer({
    ...{ cert: server.certificate, key: server.key, ca: authority.certificate },
    ...{ requestCert: true, rejectUnauthorized: true },
  });
  listener.on('secureConnection', socket => socket.on('error', () => {}).end('welcome'));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(() => void listener.close());
  return (listener.address() as net.AddressInfo).port;
}
const identity = { chain: client.certificate, privateKey: client.key };

describe('the settings of the pair on the machine', () => {
  it('are none where a cluster asks for nothing', () => {
    expect(pythonSettings({})).toBeUndefined();
    expect(pythonSettings({ registry: { user: { username: 'a', password: 'b' } } })).toBeUndefined();
  });

  it('are a user and a password by the names of kafka-python', async () => {
    const sasl = { mechanism: 'SCRAM-SHA-256', username: 'alice', password: 'p"w é' } as const;
    expect(await greet({ sasl })).toBe(
      "[('sasl_mechanism', 'SCRAM-SHA-256'), ('sasl_plain_password', 'p\"w é'), ('sasl_plain_username', 'alice'), ('security_protocol', 'SASL_PLAINTEXT')]",
    );
  });

  it.each([
    ['an authority', authority.certificate],
    ["the server's own certificate", server.certificate],
  ])('let a client with a certificate in that trusts %s', async (_, trusted) => {
    const settings = { tls: { checksName, trusted: [trusted], identity } };
    expect(await greet(settings, await listening())).toBe("[('security_protocol', 'SSL')]\nwelcome");
  });

  it('may be files on the machine, which a key never leaves', async () => {
    const folder = temporaryFolder();
    const [trusted, own] = [join(folder, 'ca.crt'), join(folder, 'client.pem')];
    writeFileSync(trusted, authority.certificate);
    writeFileSync(own, client.key + client.certificate + authority.certificate);
    const settings = pythonSettingsOf({ trusted, identity: own });
    expect(settings).not.toContain('PRIVATE KEY');
    expect(await greetWith(settings, await listening())).toBe("[('security_protocol', 'SSL')]\nwelcome");
  });

  it('refuse a server of another authority than that in the file', async () => {
    const other = new Authority('other');
    const trusted = join(temporaryFolder(), 'ca.crt');
    writeFileSync(trusted, other.certificate);
    other.remove();
    const own = join(temporaryFolder(), 'client.pem');
    writeFileSync(own, client.key + client.certificate);
    const settings = pythonSettingsOf({ trusted, identity: own });
    await expect(greetWith(settings, await listening())).rejects.toThrow(/CERTIFICATE_VERIFY_FAILED/);
  });

  it.each([
    ['no trust', { checksName, identity }, /CERTIFICATE_VERIFY_FAILED/],
    ['no certificate', { checksName, trusted: [authority.certificate] }, /certificate required/i],
  ])('keep a client out that has %s', async (_, settings, words) => {
    await expect(greet({ tls: settings }, await listening())).rejects.toThrow(words);
  });
});
