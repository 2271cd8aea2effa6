import { once } from 'node:events';
import net from 'node:net';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import type { TlsSettings } from '../../../../src/kafka/security/client-security.ts';
import { tlsOver } from '../../../../src/kafka/security/tls.ts';
import { explainTls } from '../../../../src/kafka/security/tls-errors.ts';
import { Authority, type Certificate } from '../../../support/certificates.ts';

const authority = new Authority('ca');
const stranger = new Authority('other ca');
afterAll(() => {
  authority.remove();
  stranger.remove();
});
const broker = authority.issue({ name: 'broker', names: 'DNS:kafka.example,IP:192.0.2.7' });
const old = authority.issue({ name: 'old', names: 'DNS:kafka.example', hasExpired: true });
const client = authority.issue({ name: 'client' });
const unknown = stranger.issue({ name: 'unknown' });
const TRUST: TlsSettings = { checksName: true, trusted: [authority.certificate] };
const identity = ({ certificate, key }: Certificate) => ({ chain: certificate, privateKey: key });

interface Server {
  readonly shows?: Certificate;
  readonly asksForClient?: boolean;
  readonly version?: tls.SecureVersion;
}

/** A server that greets whoever it lets in. @returns its port */
async function server({ shows = broker, asksForClient = false, version = 'TLSv1.3' }: Server) {
  const listening = tls.createServer({
    ...{ cert: shows.certificate, key: shows.key, ca: authority.certificate },
    ...{
      requestCert: asksForClient,
      rejectUnauthorized: asksForClient,
      minVersion: version,
      maxVersion: version,
    },
  });
  listening.on('secureConnection', socket => socket.on('error', () => {}).end('welcome'));
  return listenedTo(listening);
}

async function listenedTo(listening: net.Server): Promise<number> {
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => void listening.close());
  return (listening.address() as net.AddressInfo).port;
}

/** A connection that is no socket, as one through SSH. */
const through = (port: number) => Duplex.from(net.connect(port, '127.0.0.1'));

/** What the server says to a client that asked for a name; an error in the action's words otherwise. */
async function greeting(port: number, settings: TlsSettings, name = 'kafka.example'): Promise<string> {
  const peer = { peer: `broker ${name}:9093`, tls: settings };
  try {
    const socket = await tlsOver(through(port), name, settings);
    return `${(await socket.toArray()).join('')}`;
  } catch (error) {
    throw explainTls(error, peer);
  }
}

describe('TLS over a connection to somewhere else', () => {
  it.each<[string, TlsSettings, string]>([
    ['the name that was asked for', TRUST, 'kafka.example'],
    ['an address', TRUST, '192.0.2.7'],
    ['its own certificate as what is trusted', { ...TRUST, trusted: [broker.certificate] }, 'kafka.example'],
    ['any name where none is checked', { ...TRUST, checksName: false }, 'another.example'],
  ])('is there for %s', async (_, settings, name) => {
    expect(await greeting(await server({}), settings, name)).toBe('welcome');
  });

  it.each<[string, Server, TlsSettings, string, string, RegExp]>([
    [
      'an authority that is not trusted',
      {},
      { ...TRUST, trusted: [stranger.certificate] },
      'kafka.example',
      'tls-certificate-untrusted',
      /^broker kafka\.example:9093: nothing in ssl\.truststore\.certificates vouches for its certificate \(/,
    ],
    [
      'an authority that nobody knows',
      {},
      { checksName: true },
      'kafka.example',
      'tls-certificate-untrusted',
      /and ssl\.truststore\.certificates is not set \(/,
    ],
    [
      'an expired certificate',
      { shows: old },
      TRUST,
      'kafka.example',
      'tls-certificate-expired',
      /: its certificate has expired$/,
    ],
    [
      'another name',
      {},
      TRUST,
      'localhost',
      'tls-name-mismatch',
      /: its certificate is for another name \(.*DNS:kafka\.example/,
    ],
    ['another address', {}, TRUST, '192.0.2.8', 'tls-name-mismatch', /: its certificate is for another name/],
  ])('is refused for %s', async (_, shown, settings, name, code, words) => {
    const port = await server(shown);
    await expect(greeting(port, settings, name)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
    });
  });

  describe.each<tls.SecureVersion>(['TLSv1.2', 'TLSv1.3'])('with a client certificate in %s', version => {
    it('lets the right one in', async () => {
      const port = await server({ asksForClient: true, version });
      expect(await greeting(port, { ...TRUST, identity: identity(client) })).toBe('welcome');
    });

    it('refuses none', async () => {
      const port = await server({ asksForClient: true, version });
      await expect(greeting(port, TRUST)).rejects.toMatchObject({
        code: 'tls-client-certificate',
        message: expect.stringMatching(
          /: it asks for a client certificate, and ssl\.keystore\.certificate\.chain is not set$/,
        ),
      });
    });
  });

  it.each(['CERTIFICATE_UNKNOWN', 'CERTIFICATE_EXPIRED', 'BAD_CERTIFICATE'])(
    'is refused for a wrong client certificate, by the alert %s',
    alert => {
      const thrown = Object.assign(new Error('an alert'), { code: `ERR_SSL_SSL/TLS_ALERT_${alert}` });
      const settings = { ...TRUST, identity: identity(unknown) };
      const words = alert.replaceAll('_', ' ').toLowerCase();
      expect(explainTls(thrown, { peer: 'broker a:1', tls: settings })).toMatchObject({
        code: 'tls-client-certificate',
        message: expect.stringMatching(
          new RegExp(
            `^broker a:1: it does not take the client certificate \\(${words}\\), which is signed by CN=other ca and valid until `,
          ),
        ),
      });
    },
  );

  it.each<[string, (socket: net.Socket) => void, RegExp]>([
    [
      'that says something else',
      socket => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
      /: what answers there does not speak TLS$/,
    ],
    [
      'that closes the connection',
      socket => socket.once('data', () => socket.end()),
      /^it was closed before TLS was there: what listens may not speak TLS$/,
    ],
  ])('is not there at a server %s', async (_, answer, words) => {
    const port = await listenedTo(net.createServer(socket => answer(socket.on('error', () => {}))));
    await expect(greeting(port, TRUST)).rejects.toThrow(words);
  });

  it('ends with the signal', async () => {
    const port = await listenedTo(net.createServer(socket => socket.on('error', () => {})));
    const reason = new Error('too late');
    await expect(tlsOver(through(port), 'a', TRUST, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('leaves alone what is about something else', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const own = new ActionError('ssh-forwarding-refused', 'no');
    for (const error of [refused, own, 'words', undefined])
      expect(explainTls(error, { peer: 'broker a:1', tls: TRUST })).toBe(error);
  });
});
