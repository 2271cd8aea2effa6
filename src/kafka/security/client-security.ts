/** How a client makes sure of who answers, and shows who it is, in TLS. */
export interface TlsSettings {
  /** Certificates that are trusted, in PEM; without them, those that the program trusts by itself. */
  readonly trusted?: readonly string[];
  /** Who the client is. */
  readonly identity?: TlsIdentity;
  /** Whether the name in the certificate must be that of the address. */
  readonly checksName: boolean;
}

interface TlsIdentity {
  /** The client's certificate first, then those that it is signed with; PEM. */
  readonly chain: string;
  /** PKCS#8 in PEM, without a password. */
  readonly privateKey: string;
}

export const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

/** A name with its password. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Sasl extends Credentials {
  readonly mechanism: (typeof SASL_MECHANISMS)[number];
}

/** What the schema registry asks for. */
export interface RegistrySecurity {
  /** For an address with https; without it, what the program trusts by itself. */
  readonly tls?: TlsSettings;
  readonly user?: Credentials;
}

/** What a cluster asks of its clients; neither TLS nor SASL for one that takes everyone. */
export interface ClientSecurity {
  readonly tls?: TlsSettings;
  readonly sasl?: Sasl;
  readonly registry?: RegistrySecurity;
}

/** The name of such a connection in Kafka's `security.protocol`, and the mechanism. */
export function describeSecurity({ tls, sasl }: ClientSecurity): string {
  const protocol = tls ? (sasl ? 'SASL_SSL' : 'SSL') : sasl ? 'SASL_PLAINTEXT' : 'PLAINTEXT';
  const own = tls?.identity ? ', with a client certificate' : '';
  const open = tls && !tls.checksName ? ', names in certificates are not checked' : '';
  return `${protocol}${sasl ? ` (${sasl.mechanism})` : ''}${own}${open}`;
}

/** Every secret in it, for the log to leave out. */
export function secretsOf({ tls, sasl, registry }: ClientSecurity): string[] {
  const users = [sasl, registry?.user].filter(user => user !== undefined);
  const identities = [tls?.identity, registry?.tls?.identity].filter(identity => identity !== undefined);
  return [
    ...users.flatMap(({ username, password }) => [password, `${username}:${password}`]),
    ...identities.map(({ privateKey }) => privateKey),
  ];
}
