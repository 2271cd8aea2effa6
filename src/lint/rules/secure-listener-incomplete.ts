import type { KafkaNode } from '../../compose/kafka/kafka-node.ts';
import { splitText, type Text } from '../../compose/reader/value.ts';
import { hasVariable, runsStartScript } from '../images/service-image.ts';
import type { Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

export const secureListenerIncomplete: Rule = {
  id: 'secure-listener-incomplete',
  title: 'A secure listener without what the image demands for it',
  severity: 'error',
  why: 'When an advertised listener begins with `SSL://` or `SASL_SSL://`, the start scripts of `confluentinc/cp-kafka` and `apache/kafka` demand the names of a key store and of the files with its passwords, below `/etc/kafka/secrets`, and those of a trust store when clients must show a certificate. For `SASL_…://` they demand `KAFKA_OPTS`, which names the file with the logins. `KAFKA_SSL_KEYSTORE_LOCATION` and the like do not count: the scripts set these themselves. Without one of the variables the container stops at once. At listeners with names of their own the scripts do not look, but Kafka stops without a login for SASL, and without a key store no client gets through to TLS.',
  fix: 'Set the variables that the message names, and mount the files at `/etc/kafka/secrets`.',
  example: {
    bad: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: SSL://kafka:9093
      KAFKA_SECURITY_INTER_BROKER_PROTOCOL: SSL
      KAFKA_SSL_KEYSTORE_LOCATION: /etc/kafka/secrets/kafka.keystore.jks
`,
    good: `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper.example.org:2181
      KAFKA_ADVERTISED_LISTENERS: SSL://kafka:9093
      KAFKA_SECURITY_INTER_BROKER_PROTOCOL: SSL
      KAFKA_SSL_KEYSTORE_FILENAME: kafka.keystore.jks
      KAFKA_SSL_KEYSTORE_CREDENTIALS: keystore-password
      KAFKA_SSL_KEY_CREDENTIALS: key-password
    volumes:
      - ./secrets:/etc/kafka/secrets
`,
  },
  check: ({ kafka }) => kafka.nodes.flatMap(node => [...demandedByScript(node), ...demandedByKafka(node)]),
};

const KEY_STORE = [
  'KAFKA_SSL_KEYSTORE_FILENAME',
  'KAFKA_SSL_KEY_CREDENTIALS',
  'KAFKA_SSL_KEYSTORE_CREDENTIALS',
];
const TRUST_STORE = ['KAFKA_SSL_TRUSTSTORE_FILENAME', 'KAFKA_SSL_TRUSTSTORE_CREDENTIALS'];

/**
 * What the scripts look for in KAFKA_ADVERTISED_LISTENERS, in capitals and anywhere in a listener's name, and demand then.
 * Source: kafka/include/etc/confluent/docker/configure in confluentinc/kafka-images (5.4 to 8.4) and
 * docker/resources/common-scripts/configure in apache/kafka.
 */
function demandedByScript(node: KafkaNode): Problem[] {
  const { family, service, settings, isBroker } = node;
  const isKnown = family === 'confluent' || family === 'confluent-local' || family === 'apache';
  const advertised = settings.get('advertised.listeners');
  if (!isKnown || !isBroker || !service.environmentComplete || !runsStartScript(service)) return [];
  if (!advertised || advertised.variable === '') return [];
  const parts = splitText(advertised.value, ',');
  const isMissing = (name: string) => !hasVariable(service, [name]);
  return [
    ...problemAt(
      parts.find(({ text }) => text.includes('SSL://')),
      node,
      [...KEY_STORE, ...(asksForCertificates(node) ? TRUST_STORE : [])].filter(isMissing),
    ),
    ...problemAt(
      parts.find(({ text }) => SASL_ADDRESS.test(text)),
      node,
      ['KAFKA_OPTS'].filter(isMissing),
    ),
  ];
}

/** `SASL_…://`, as the start scripts look for it; from the text's start, so that the time grows with its length alone. */
const SASL_ADDRESS = /^(?:(?!SASL_).)*SASL_.*:\/\//s;

/** What Kafka cannot do without, whatever the listener is called. */
const NEEDED_BY_KAFKA = [
  {
    protocol: /^SASL_/,
    scripts: SASL_ADDRESS,
    given: /JAAS|^KAFKA_OPTS$|CALLBACK_HANDLER|CONFIG_PROVIDERS|JAVA|_ARGS$/,
    what: 'a login',
    hint: 'Set KAFKA_OPTS to -Djava.security.auth.login.config=/etc/kafka/secrets/FILE, or KAFKA_LISTENER_NAME_…_SASL_JAAS_CONFIG.',
  },
  {
    protocol: /SSL$/,
    scripts: /SSL:\/\//,
    given: /KEYSTORE|SSL_ENGINE|SSL_PROVIDER|CONFIG_PROVIDERS|JAVA|_ARGS$/,
    what: 'a key store',
    hint: 'Set KAFKA_SSL_KEYSTORE_LOCATION and KAFKA_SSL_KEYSTORE_PASSWORD.',
  },
];

/**
 * Listeners with a name of their own, at which the scripts do not look: Kafka finds no login for SASL and stops, and offers no
 * certificate for TLS, so that no client can connect. Source: JaasContext and DefaultSslEngineFactory of Kafka.
 */
function demandedByKafka(node: KafkaNode): Problem[] {
  const { family, service, complete, protocols, settings, advertised } = node;
  const isKnown = family === 'confluent' || family === 'apache';
  if (
    !isKnown ||
    !complete ||
    !runsStartScript(service) ||
    settings.get('advertised.listeners')?.variable === ''
  )
    return [];
  return NEEDED_BY_KAFKA.flatMap(({ protocol, scripts, given, what, hint }) => {
    const listener = advertised?.find(({ name }) => protocol.test(protocols?.get(name) ?? ''));
    const isGiven = [...service.environment.keys()].some(name => given.test(name));
    if (!listener || isGiven || advertised?.some(({ text }) => scripts.test(text.text))) return [];
    const message = `The listener ${listener.name} of "${service.name}" is ${protocols?.get(listener.name)}, but nothing names ${what} for it.`;
    return [{ place: listener.text.place, message, hint }];
  });
}

/** `required` or `requested`, as the scripts look for them. */
const asksForCertificates = ({ service }: KafkaNode) =>
  /required|requested/.test(service.environment.get('KAFKA_SSL_CLIENT_AUTH')?.value.text ?? '');

function problemAt(
  listener: Text | undefined,
  { service }: KafkaNode,
  missing: readonly string[],
): Problem[] {
  if (!listener || missing.length === 0) return [];
  const names = inWords(missing);
  const message = `With ${listener.text.replace(/:\/\/.*/s, '://')} advertised the image of "${service.name}" stops: ${names} ${missing.length === 1 ? 'is' : 'are'} not set.`;
  const hint = missing.includes('KAFKA_OPTS')
    ? 'Set KAFKA_OPTS to -Djava.security.auth.login.config=/etc/kafka/secrets/FILE, and mount that file.'
    : `Set ${names}: names of files in /etc/kafka/secrets.`;
  return [{ place: listener.place, message, hint }];
}
