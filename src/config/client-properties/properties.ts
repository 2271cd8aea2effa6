/** What is read from a properties file, and where what is wrong with it is told. */
export interface Properties {
  /** @returns the value, trimmed as Kafka does it; undefined when the property is not given */
  get(name: string): string | undefined;
  tell(problem: string): void;
}

/** What stands in such files where something else is wanted. Whatever else stands there may be something secret. */
const WORDS = new Set([
  ...[
    'TLS',
    'SASL',
    'GSSAPI',
    'KERBEROS',
    'OAUTHBEARER',
    'AWS_MSK_IAM',
    'PLAIN',
    'SCRAM-SHA-1',
    'SCRAM-SHA-256',
  ],
  ...[
    'SCRAM-SHA-512',
    'JKS',
    'PKCS12',
    'BCFKS',
    'PEM',
    'NONE',
    'FALSE',
    'TRUE',
    'LDAPS',
    'URL',
    'STATIC_TOKEN',
  ],
  ...['USER_INFO', 'SASL_INHERIT'],
]);

/** A value for a message. */
export const shownWord = (value: string): string =>
  WORDS.has(value.toUpperCase()) ? `"${value}"` : 'something else';
