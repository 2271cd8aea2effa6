import { once } from 'node:events';
import https from 'node:https';
import type net from 'node:net';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { SchemaRegistry } from '../../../../src/kafka/registry/schema-registry.ts';
import type { RegistrySecurity } from '../../../../src/kafka/security/client-security.ts';
import { Authority } from '../../../support/certificates.ts';
import { thisComputer } from '../../support/local-host.ts';
import { registryServer } from '../../support/registry-server.ts';

const authority = new Authority('ca');
afterAll(() => authority.remove());
const shown = authority.issue({ name: 'localhost' });
const tls = { checksName: true, trusted: [authority.certificate] };
const user = { username: 'bob', password: 'open:sésame' };

/** A registry with https that knows one user, and lets nobody but that one read. */
async function subjectsAt(security: RegistrySecurity, name = 'localhost'): Promise<string[]> {
  const wanted = `Basic ${Buffer.from('bob:open:sésame').toString('base64')}`;
  const server = https.createServer({ cert: shown.certificate, key: shown.key }, (request, response) => {
    const { authorization } = request.headers;
    const status = authorization === wanted ? 200 : authorization === undefined ? 401 : 403;
    response.writeHead(status).end(status === 200 ? '["orders-value"]' : '{"error_code":1}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as net.AddressInfo;
  return new SchemaRegistry(thisComputer(), `https://${name}:${port}`, security).subjects();
}

describe('a secured schema registry', () => {
  it('is asked with https and the password of its user', async () => {
    expect(await subjectsAt({ tls, user })).toEqual(['orders-value']);
  });

  it.each<[string, RegistrySecurity, string, RegExp]>([
    [
      'no user',
      { tls },
      'schema-registry-unauthorized',
      /\/subjects answered 401: it asks for a user name and a password$/,
    ],
    [
      'a user who may not',
      { tls, user: { ...user, password: 'x' } },
      'schema-registry-unauthorized',
      /answered 403: its user may not do this$/,
    ],
    [
      'no trust',
      { user },
      'tls-certificate-untrusted',
      /^schema registry localhost:\d+: .* and schema\.registry\.ssl\.truststore\.certificates is not set/,
    ],
  ])('refuses %s', async (_, security, code, words) => {
    await expect(subjectsAt(security)).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
  });

  it('must be who was asked for', async () => {
    await expect(subjectsAt({ tls, user }, '127.0.0.1')).rejects.toMatchObject({ code: 'tls-name-mismatch' });
    const unchecked = { ...tls, checksName: false };
    expect(await subjectsAt({ tls: unchecked, user }, '127.0.0.1')).toEqual(['orders-value']);
  });

  it('is told a wrong password of http, too', async () => {
    const { url } = await registryServer({ 'GET /subjects': 401 });
    await expect(new SchemaRegistry(thisComputer(), url, { user }).subjects()).rejects.toMatchObject({
      code: 'schema-registry-unauthorized',
      message: expect.stringMatching(/it does not take the user name or the password$/),
    });
  });
});
