import type { ClientSecurity } from './client-security.ts';

/**
 * What client/client_settings.py takes, as JSON: the settings of kafka-python by their names, and under `tls` what it makes an
 * `ssl.SSLContext` of.
 * @returns undefined for a cluster that asks for nothing
 */
export function pythonSettings({ tls, sasl }: ClientSecurity = {}): string | undefined {
  if (!tls && !sasl) return undefined;
  return JSON.stringify({
    security_protocol: `${sasl ? 'SASL_' : ''}${tls ? 'SSL' : 'PLAINTEXT'}`,
    ...(sasl && {
      sasl_mechanism: sasl.mechanism,
      sasl_plain_username: sasl.username,
      sasl_plain_password: sasl.password,
    }),
    ...(tls && {
      tls: { check_hostname: tls.checksName, trusted: tls.trusted?.join(''), ...tls.identity },
    }),
  });
}

/** Paths on the machine of what its clients trust, and of what they show: key and certificate in one file. */
interface TlsFiles {
  readonly trusted: string;
  readonly identity: string;
}

/** The same for a cluster whose certificates lie on the machine itself. */
export const pythonSettingsOf = ({ trusted, identity }: TlsFiles): string =>
  JSON.stringify({
    security_protocol: 'SSL',
    tls: { check_hostname: true, trusted_file: trusted, identity_file: identity },
  });
