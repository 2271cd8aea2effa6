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
