import { X509Certificate } from 'node:crypto';
import type { ErrorCode } from '../../error-codes.ts';
import { ActionError, reasonOf } from '../../errors.ts';
import type { TlsSettings } from './client-security.ts';

interface Connection {
  /** Who was called, in words: `broker kafka-1.example:9093`. */
  readonly peer: string;
  readonly tls: TlsSettings;
  /** What stands before `ssl.` in the names of its properties. */
  readonly prefix?: string;
}

/** Codes of OpenSSL for a chain that leads to nothing that is trusted. */
const UNTRUSTED = new Set([
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_SIGNATURE_FAILURE'],
  ...[
    'CERT_UNTRUSTED',
    'CERT_REJECTED',
    'INVALID_CA',
    'INVALID_PURPOSE',
    'CERT_REVOKED',
    'CERT_CHAIN_TOO_LONG',
  ],
]);
/** TLS alerts about the certificate of the client (RFC 8446, 6.2), in the codes that node makes of OpenSSL's words for them. */
const CLIENT_CERTIFICATE =
  /_ALERT_(CERTIFICATE_REQUIRED|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)$/;

/** Says in the action's words why TLS does not come about. @returns what was thrown where it is about something else */
export function explainTls(thrown: unknown, connection: Connection): unknown {
  const code = thrown instanceof Error ? `${(thrown as NodeJS.ErrnoException).code}` : '';
  const found = faultOf(code, reasonOf(thrown), connection);
  // A connection that is cut may be one that a broker cuts which stops.
  if (!found && /before secure TLS connection/.test(reasonOf(thrown)))
    return new Error('it was closed before TLS was there: what listens may not speak TLS', { cause: thrown });
  if (!found) return thrown;
  const [errorCode, what] = found;
  return new ActionError(errorCode, `${connection.peer}: ${what}`, { cause: thrown });
}

function faultOf(
  code: string,
  words: string,
  { tls, prefix = '' }: Connection,
): [ErrorCode, string] | undefined {
  if (UNTRUSTED.has(code)) {
    const by = tls.trusted
      ? `nothing in ${prefix}ssl.truststore.certificates vouches for its certificate`
      : `its certificate is not from an authority that is known everywhere, and ${prefix}ssl.truststore.certificates is not set`;
    return ['tls-certificate-untrusted', `${by} (${words})`];
  }
  if (code === 'CERT_HAS_EXPIRED') return ['tls-certificate-expired', 'its certificate has expired'];
  if (code === 'CERT_NOT_YET_VALID') return ['tls-certificate-expired', 'its certificate is not valid yet'];
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return ['tls-name-mismatch', `its certificate is for another name (${words})`];
  if (CLIENT_CERTIFICATE.test(code)) return ['tls-client-certificate', clientFault(code, tls, prefix)];
  if (!code.startsWith('ERR_SSL_')) return undefined;
  const isPlain = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL/.test(code);
  return [
    'tls-failed',
    isPlain ? 'what answers there does not speak TLS' : `TLS does not come about (${opensslWords(words)})`,
  ];
}

/** `40CD…:error:0A000412:SSL routines:FUNCTION:REASON:FILE:LINE:…`, of which the reason is for people. */
const opensslWords = (words: string) => words.split(':')[4] ?? words;

function clientFault(code: string, { identity }: TlsSettings, prefix: string): string {
  if (!identity)
    return `it asks for a client certificate, and ${prefix}ssl.keystore.certificate.chain is not set`;
  const { validTo, issuer } = new X509Certificate(identity.chain);
  const alert = code
    .replace(/^.*_ALERT_/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
  const signer = issuer.replaceAll('\n', ', ');
  return `it does not take the client certificate (${alert}), which is signed by ${signer} and valid until ${validTo}`;
}
