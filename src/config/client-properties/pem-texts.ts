import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { findBlocks } from '../../host/ssh/key-text.ts';

/** @returns the certificates of a text, each in PEM. @throws Error that says why there are none */
export function readCertificates(text: string): string[] {
  const { blocks } = findBlocks(text);
  if (blocks.some(({ label }) => label.endsWith('PRIVATE KEY')))
    throw new Error('it holds a private key, which does not belong here');
  const certificates = blocks.filter(({ label }) => label.endsWith('CERTIFICATE'));
  if (certificates.length === 0)
    throw new Error('it holds no "-----BEGIN CERTIFICATE-----": it takes the text of certificates in PEM');
  return certificates.map(({ pem, isCut }, index) => {
    const which = certificates.length === 1 ? 'the certificate' : `certificate ${index + 1}`;
    if (isCut)
      throw new Error(
        `${which} ends before its "-----END CERTIFICATE-----": in a properties file a value of several lines has a backslash at the end of each but the last`,
      );
    try {
      return new X509Certificate(pem).toString();
    } catch {
      throw new Error(`${which} is damaged: it cannot be decoded`);
    }
  });
}

/**
 * @param password '' for none
 * @returns the private key in PEM, as PKCS#8 without a password
 * @throws Error that says what is wrong, and holds nothing of the key
 */
export function readKey(text: string, password: string): KeyObject {
  const key = findBlocks(text).blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (key === undefined)
    throw new Error('it holds no "-----BEGIN PRIVATE KEY-----": it takes the text of a key in PEM');
  if (key.isCut) throw new Error('the key ends before its "-----END PRIVATE KEY-----"');
  const isEncrypted = key.label === 'ENCRYPTED PRIVATE KEY';
  if (!isEncrypted && key.label !== 'PRIVATE KEY')
    throw new Error(
      `it is a "${key.label}", and Kafka reads PKCS#8 alone. It is made of it by: openssl pkcs8 -topk8 -nocrypt -in FILE`,
    );
  if (isEncrypted && password === '')
    throw new Error('the key is encrypted, and ssl.key.password is not set');
  try {
    return createPrivateKey({ key: key.pem, ...(isEncrypted ? { passphrase: password } : {}) });
  } catch {
    throw new Error(
      isEncrypted
        ? 'the key does not open with ssl.key.password, or is encrypted in a way that is no longer supported'
        : 'the key is damaged: it cannot be decoded',
    );
  }
}

/** @throws Error when the key is not that of the certificate */
export function refuseOtherKey(certificate: string | undefined, key: KeyObject): void {
  if (certificate !== undefined && !new X509Certificate(certificate).checkPrivateKey(key))
    throw new Error('it is not the key of the first certificate in ssl.keystore.certificate.chain');
}
