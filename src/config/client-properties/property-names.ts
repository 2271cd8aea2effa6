/** The prefix of what a property says of the schema registry's connection, as Confluent's clients have it. */
export const REGISTRY = 'schema.registry.';

/** What is said of a TLS connection. */
export const TLS_NAMES = [
  'ssl.truststore.type',
  'ssl.truststore.certificates',
  'ssl.keystore.type',
  'ssl.keystore.certificate.chain',
  'ssl.keystore.key',
  'ssl.key.password',
  'ssl.endpoint.identification.algorithm',
] as const;
export type TlsName = (typeof TLS_NAMES)[number];

/** Everything that is understood; Confluent's clients take those of the registry's user with and without the prefix. */
export const UNDERSTOOD: ReadonlySet<string> = new Set([
  ...['security.protocol', 'sasl.mechanism', 'sasl.jaas.config'],
  ...TLS_NAMES,
  ...TLS_NAMES.map(name => `${REGISTRY}${name}`),
  ...['basic.auth.credentials.source', 'basic.auth.user.info'].flatMap(name => [name, `${REGISTRY}${name}`]),
]);

const PEM_ONLY = (instead: string) =>
  `files are not read: give the text in PEM, ${instead}, and leave out the location, the type and the password of the store`;
const TRUSTSTORE = PEM_ONLY('ssl.truststore.certificates (keytool -exportcert -rfc prints one)');
const KEYSTORE = PEM_ONLY('ssl.keystore.certificate.chain and ssl.keystore.key (openssl pkcs12 prints both)');

/** Why some that an administrator may have in the same file are not taken. */
const REASONS: Readonly<Record<string, string>> = {
  'bootstrap.servers': 'the input bootstrap-servers takes it',
  'schema.registry.url': 'the input schema-registry-url takes it',
  'group.id': 'the input group takes it',
  'ssl.truststore.location': TRUSTSTORE,
  'ssl.truststore.password': TRUSTSTORE,
  'ssl.keystore.location': KEYSTORE,
  'ssl.keystore.password': KEYSTORE,
  'sasl.kerberos.service.name': 'Kerberos (GSSAPI) is not supported',
  'sasl.login.callback.handler.class': 'nothing but a user name and a password is supported',
  'sasl.client.callback.handler.class': 'nothing but a user name and a password is supported',
  'sasl.oauthbearer.token.endpoint.url': 'OAUTHBEARER is not supported',
};

/** Names as Kafka's clients have them: with dots, or one of these. What has neither may be a line of a key. */
const NAME = /^[a-z][a-z0-9]*([._-][a-z0-9]+)+$/;
const PLAIN_NAMES = ['acks', 'retries'];
export const isPropertyName = (name: string): boolean =>
  name.length <= 80 && (NAME.test(name) || PLAIN_NAMES.includes(name));

/** @returns why a property is not taken, by its name, or by its line where the name may be something secret */
export function refusalOf(name: string, line: number): string {
  if (!isPropertyName(name))
    return `line ${line} holds no property (NAME=VALUE): a value of several lines has a backslash at the end of each but the last, or \\n between them`;
  const reason = REASONS[name.startsWith(`${REGISTRY}ssl.`) ? name.slice(REGISTRY.length) : name];
  return `${name} is not supported${reason ? `: ${reason}` : ''}`;
}
