import type { ErrorText } from './error-text.ts';

const SHOW = 'openssl s_client -connect HOST:PORT -showcerts </dev/null';

/** Faults of the way into a secured cluster, as `client-properties` describes it. */
export const SECURITY_ERRORS = {
  'tls-certificate-untrusted': {
    meaning: 'The certificate of a broker, or of the schema registry, is signed by nobody that is trusted.',
    hint: `Put the certificate of the authority that signed it into ssl.truststore.certificates of client-properties (schema.registry.ssl.truststore.certificates for the registry). What it shows: ${SHOW}`,
  },
  'tls-certificate-expired': {
    meaning: 'The certificate of a broker, or of the schema registry, has expired or is not valid yet.',
    hint: `Renew it. Its dates: ${SHOW} 2>/dev/null | openssl x509 -noout -dates. If they are right, look at the clock of the runner: date`,
  },
  'tls-name-mismatch': {
    meaning: 'The certificate of a broker, or of the schema registry, is for another name than its address.',
    hint: `Name it as its certificate does, in bootstrap-servers and in advertised.listeners of the brokers. Or switch the check off by an empty ssl.endpoint.identification.algorithm= in client-properties. Its names: ${SHOW} 2>/dev/null | openssl x509 -noout -ext subjectAltName`,
  },
  'tls-client-certificate': {
    meaning:
      'A broker, or the schema registry, asks for a client certificate, and none or a wrong one is given.',
    hint: 'Give ssl.keystore.certificate.chain and ssl.keystore.key in client-properties, signed by an authority that is in the trust store of the brokers. What they take: openssl s_client -connect HOST:PORT </dev/null 2>/dev/null | grep -A9 "Acceptable client"',
  },
  'tls-failed': {
    meaning: 'The TLS connection to a broker, or to the schema registry, cannot be made.',
    hint: `Compare security.protocol of client-properties with the listener (listener.security.protocol.map of the broker). What it speaks: ${SHOW}`,
  },
  'kafka-authentication-failed': {
    meaning: 'A broker does not take the user name, the password or the mechanism of client-properties.',
    hint: 'Check sasl.mechanism and sasl.jaas.config of client-properties. Who is known for SCRAM: kafka-configs --bootstrap-server HOST:PORT --command-config FILE --describe --entity-type users',
  },
  'kafka-not-authorized': {
    meaning: 'The user of client-properties may not use a topic, a consumer group or the cluster.',
    hint: 'Allow it what the test does (docs/smoke-test.md names it). Who may do what: kafka-acls --bootstrap-server HOST:PORT --command-config FILE --list',
  },
  'schema-registry-unauthorized': {
    meaning: 'The schema registry does not take the user name and the password, or its user may not do this.',
    hint: 'Give basic.auth.credentials.source (USER_INFO) and basic.auth.user.info (USER:PASSWORD) in client-properties. Try them: curl -u USER -sS URL/subjects',
  },
} as const satisfies Record<string, ErrorText>;
