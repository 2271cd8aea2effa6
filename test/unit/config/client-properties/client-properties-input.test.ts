import { generateKeyPairSync } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../../../src/config/config.ts';
import type { RawInputs } from '../../../../src/config/inputs.ts';
import {
  type ClientSecurity,
  describeSecurity,
  secretsOf,
} from '../../../../src/kafka/security/client-security.ts';
import { Authority, continued } from '../../../support/certificates.ts';
import { openssl } from '../../support/ssh-keys.ts';
import { thrownBy } from '../../support/thrown-error.ts';

const authority = new Authority('ca');
afterAll(() => authority.remove());
const client = authority.issue({ name: 'client' });
const other = authority.issue({ name: 'other' });

const inputs = (properties: string): RawInputs => ({
  ...{ host: 'localhost', mode: 'smoke-test', 'bootstrap-servers': 'kafka.example:9093' },
  'client-properties': properties,
});
const read = (properties: string): ClientSecurity =>
  parseConfig(inputs(properties), () => '').security ?? expect.unreachable();
const refusal = (properties: string, more: RawInputs = {}) =>
  thrownBy(() => parseConfig({ ...inputs(properties), ...more }, () => ''));

const PASSWORD = 'p"w;=é\\ 1';
const SCRAM = `security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\
  username="alice" \\
  password="p\\\\"w;=\\u00e9\\\\\\\\ 1";
`;
const MUTUAL = `security.protocol=SSL
ssl.truststore.type=PEM
ssl.truststore.certificates=${continued(authority.certificate)}
ssl.keystore.type=PEM
ssl.keystore.certificate.chain=${continued(client.certificate)}
`;

describe('client-properties', () => {
  it('is nothing when it is not given', () => {
    expect(parseConfig(inputs(''), () => '').security).toBeUndefined();
  });

  it('has a user of SCRAM over TLS, whose authority is known everywhere', () => {
    const security = read(SCRAM);
    expect(security).toEqual({
      tls: { checksName: true },
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice', password: PASSWORD },
      registry: {},
    });
    expect(describeSecurity(security)).toBe('SASL_SSL (SCRAM-SHA-512)');
    expect(secretsOf(security)).toEqual([PASSWORD, `alice:${PASSWORD}`]);
  });

  it('has a client certificate, and trusts the given authority', () => {
    const security = read(`${MUTUAL}ssl.keystore.key=${continued(client.key)}`);
    expect(security.tls).toEqual({
      checksName: true,
      trusted: [authority.certificate],
      identity: { chain: client.certificate, privateKey: client.key },
    });
    expect(describeSecurity(security)).toBe('SSL, with a client certificate');
    expect(secretsOf(security)).toEqual([client.key]);
  });

  it.each([
    ['in one line', (text: string) => text.trim().replaceAll('\n', ' ')],
    ['with written line breaks', (text: string) => text.trim().replaceAll('\n', '\\n')],
    ['with continued lines', (text: string) => text.trim().replaceAll('\n', ' \\\n')],
  ])('reads PEM %s', (_, write) => {
    const both = `${authority.certificate}${other.certificate}`;
    const { tls } = read(
      `security.protocol=ssl\nssl.truststore.certificates=${write(both)}\nssl.keystore.certificate.chain=${write(client.certificate)}\nssl.keystore.key=${write(client.key)}`,
    );
    expect(tls?.trusted).toEqual([authority.certificate, other.certificate]);
    expect(tls?.identity?.privateKey).toBe(client.key);
  });

  it('opens an encrypted key with its password, and keeps that to itself', () => {
    const { privateKey } = generateKeyPairSync('ec', {
      ...{ namedCurve: 'P-256', publicKeyEncoding: { type: 'spki', format: 'pem' } },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'opensesame' },
    });
    const wrong = refusal(`${MUTUAL}ssl.keystore.key=${continued(privateKey)}\nssl.key.password=Q7xJ2vKp`);
    expect(wrong.message).toMatch(/ssl\.keystore\.key: the key does not open with ssl\.key\.password/);
    expect(wrong.message).not.toContain('Q7xJ2vKp');
    expect(refusal(`${MUTUAL}ssl.keystore.key=${continued(privateKey)}`).message).toMatch(
      /the key is encrypted, and ssl\.key\.password is not set$/,
    );
    const right = refusal(`${MUTUAL}ssl.keystore.key=${continued(privateKey)}\nssl.key.password=opensesame`);
    expect(right.message).toMatch(
      /it is not the key of the first certificate in ssl\.keystore\.certificate\.chain$/,
    );
  });

  it('switches the check of names off by the empty value alone', () => {
    const checks = (line: string) => read(`security.protocol=SSL\n${line}`).tls?.checksName;
    expect(checks('')).toBe(true);
    expect(checks('ssl.endpoint.identification.algorithm=HTTPS')).toBe(true);
    expect(checks('ssl.endpoint.identification.algorithm=')).toBe(false);
  });

  it.each<[string, string, object]>([
    [
      'its user',
      'basic.auth.credentials.source=USER_INFO\nbasic.auth.user.info=bob:a:b',
      { user: { username: 'bob', password: 'a:b' } },
    ],
    [
      'its user under the long names',
      'schema.registry.basic.auth.credentials.source=USER_INFO\nschema.registry.basic.auth.user.info=bob:x',
      { user: { username: 'bob', password: 'x' } },
    ],
    [
      'the user of SASL',
      `${SCRAM}basic.auth.credentials.source=SASL_INHERIT`,
      { user: { username: 'alice', password: PASSWORD } },
    ],
    [
      'its authority',
      `schema.registry.ssl.truststore.certificates=${continued(authority.certificate)}`,
      { tls: { checksName: true, trusted: [authority.certificate] } },
    ],
    [
      'no check of its name',
      'schema.registry.ssl.endpoint.identification.algorithm=',
      { tls: { checksName: false } },
    ],
  ])('has of the schema registry %s', (_, text, expected) => {
    expect(read(text).registry).toEqual(expected);
  });

  it.each([
    [
      'a store in a file',
      'security.protocol=SSL\nssl.truststore.location=/a.jks',
      /ssl\.truststore\.location is not supported: files are not read: give the text in PEM, ssl\.truststore\.certificates/,
    ],
    [
      'another kind of store',
      'security.protocol=SSL\nssl.truststore.type=JKS',
      /ssl\.truststore\.type is "JKS", and only PEM is supported/,
    ],
    [
      'Kerberos',
      'security.protocol=SASL_SSL\nsasl.mechanism=GSSAPI\nsasl.jaas.config=x',
      /sasl\.mechanism is "GSSAPI", which is not supported\. It is one of: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512/,
    ],
    [
      'no mechanism',
      'security.protocol=SASL_SSL\nsasl.jaas.config=x',
      /sasl\.mechanism is not set: Kafka takes GSSAPI then/,
    ],
    ['no user', 'security.protocol=SASL_SSL\nsasl.mechanism=PLAIN', /sasl\.jaas\.config is not set/],
    [
      'the module of another mechanism',
      SCRAM.replace('SCRAM-SHA-512', 'PLAIN'),
      /ScramLoginModule does not go with sasl\.mechanism PLAIN, which takes org\.apache\.kafka\.common\.security\.plain\.PlainLoginModule/,
    ],
    [
      'a delegation token',
      SCRAM.replace('username', 'tokenauth="true" username'),
      /a delegation token \(tokenauth\) is not supported/,
    ],
    [
      'no password',
      SCRAM.replace(/password=".*"/, 'serviceName="kafka"'),
      /its option password is missing or empty/,
    ],
    [
      'what the inputs say',
      'bootstrap.servers=a:1',
      /bootstrap\.servers is not supported: the input bootstrap-servers takes it/,
    ],
    [
      'what has no effect',
      'ssl.truststore.certificates=x',
      /ssl\.truststore\.certificates has no effect while security\.protocol is PLAINTEXT/,
    ],
    [
      'what has no effect without SASL',
      `${SCRAM}security.protocol=SSL`,
      /sasl\.mechanism has no effect while security\.protocol is SSL/,
    ],
    [
      'an unknown protocol',
      'security.protocol=TLS',
      /security\.protocol is "TLS", not one of: PLAINTEXT, SSL/,
    ],
    [
      'an unknown algorithm',
      'security.protocol=SSL\nssl.endpoint.identification.algorithm=none',
      /is "none": it is https, or empty/,
    ],
    [
      'a chain without its key',
      MUTUAL,
      /ssl\.keystore\.key is not set, and goes with ssl\.keystore\.certificate\.chain/,
    ],
    [
      'the key of another',
      `${MUTUAL}ssl.keystore.key=${continued(other.key)}`,
      /it is not the key of the first certificate/,
    ],
    [
      'a certificate that is cut',
      `security.protocol=SSL\nssl.truststore.certificates=${authority.certificate.slice(0, 200)}`,
      /ends before its "-----END CERTIFICATE-----": .* a backslash at the end/,
    ],
    [
      'a key where certificates belong',
      `security.protocol=SSL\nssl.truststore.certificates=${continued(client.key)}`,
      /it holds a private key, which does not belong here/,
    ],
    [
      'a certificate that is damaged',
      'security.protocol=SSL\nssl.truststore.certificates=-----BEGIN CERTIFICATE----- AAAA -----END CERTIFICATE-----',
      /the certificate is damaged/,
    ],
    [
      'no certificate',
      'security.protocol=SSL\nssl.truststore.certificates=/a/file.pem',
      /it holds no "-----BEGIN CERTIFICATE-----"/,
    ],
    [
      'a user of the registry without its source',
      'basic.auth.user.info=a:b',
      /basic\.auth\.user\.info has no effect without basic\.auth\.credentials\.source/,
    ],
    [
      'half a user of the registry',
      'basic.auth.credentials.source=USER_INFO\nbasic.auth.user.info=bob',
      /not of the form USER:PASSWORD/,
    ],
    [
      'a token for the registry',
      'basic.auth.credentials.source=STATIC_TOKEN',
      /is "STATIC_TOKEN", which is not supported\. It is one of: USER_INFO, SASL_INHERIT/,
    ],
    [
      'SASL that is not there',
      'basic.auth.credentials.source=SASL_INHERIT',
      /is SASL_INHERIT, and there is no sasl\.jaas\.config/,
    ],
  ])('refuses %s', (_, text, words) => {
    const error = refusal(text);
    expect(error.code).toBe('input-invalid');
    expect(error.message).toMatch(words);
  });

  it('refuses a key in another format than PKCS#8, with the command that converts it', () => {
    const pkcs1 = openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout');
    expect(refusal(`${MUTUAL}ssl.keystore.key=${continued(pkcs1)}`).message).toMatch(
      /it is a "EC PRIVATE KEY", and Kafka reads PKCS#8 alone\. .*openssl pkcs8 -topk8 -nocrypt -in FILE$/,
    );
  });

  it('names every property that is not supported, and never what may be a line of a key', () => {
    const several = refusal('acks=all\ngroup.id=a\nsasl.oauthbearer.scope.claim.name=b');
    expect(several.details).toHaveLength(3);
    expect(several.message).toContain('sasl.oauthbearer.scope.claim.name is not supported');
    const lines = client.key.trim().split('\n');
    const raw = refusal(`security.protocol=SSL\nssl.keystore.key=${client.key}`);
    expect(raw.message).toMatch(
      /line 3 holds no property \(NAME=VALUE\): a value of several lines has a backslash/,
    );
    for (const line of lines.slice(1, -1)) expect(raw.message).not.toContain(line.slice(0, 12));
  });

  it('goes with bootstrap-servers', () => {
    expect(refusal('security.protocol=SSL', { 'bootstrap-servers': '' }).message).toMatch(
      /^client-properties and bootstrap-servers: it says what the brokers at bootstrap-servers ask for/,
    );
  });

  it('is for mode smoke-test', () => {
    const { message } = refusal('security.protocol=SSL', { mode: 'deploy', 'bootstrap-servers': '' });
    expect(message).toMatch(/^client-properties and mode: only mode smoke-test takes it/);
  });
});
