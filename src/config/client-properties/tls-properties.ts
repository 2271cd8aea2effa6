import type { KeyObject } from 'node:crypto';
import type { TlsSettings } from '../../kafka/security/client-security.ts';
import { readCertificates, readKey, refuseOtherKey } from './pem-texts.ts';
import { type Properties, shownWord } from './properties.ts';
import type { TlsName } from './property-names.ts';

/** The properties that begin with `ssl.`. @param prefix what stands before it, for another connection than that to the brokers */
export function readTls({ get, tell }: Properties, prefix = ''): TlsSettings {
  const value = (name: TlsName) => get(`${prefix}${name}`);
  const read = <T>(name: TlsName, parse: (text: string) => T): T | undefined => {
    const text = value(name);
    try {
      return text === undefined ? undefined : parse(text);
    } catch (error) {
      tell(`${prefix}${name}: ${(error as Error).message}`);
      return undefined;
    }
  };
  for (const name of ['ssl.truststore.type', 'ssl.keystore.type'] as const) {
    const type = value(name) ?? 'PEM';
    if (type !== 'PEM') tell(`${prefix}${name} is ${shownWord(type)}, and only PEM is supported`);
  }
  const trusted = read('ssl.truststore.certificates', readCertificates);
  const chain = read('ssl.keystore.certificate.chain', readCertificates);
  const key = read('ssl.keystore.key', text => {
    const opened = readKey(text, value('ssl.key.password') ?? '');
    refuseOtherKey(chain?.[0], opened);
    return opened;
  });
  const hasChain = value('ssl.keystore.certificate.chain') !== undefined;
  if (hasChain !== (value('ssl.keystore.key') !== undefined)) {
    const [missing, given] = hasChain
      ? ['ssl.keystore.key', 'ssl.keystore.certificate.chain']
      : ['ssl.keystore.certificate.chain', 'ssl.keystore.key'];
    tell(`${prefix}${missing} is not set, and goes with ${prefix}${given}`);
  }
  return {
    checksName: readAlgorithm(value('ssl.endpoint.identification.algorithm'), prefix, tell),
    ...(trusted ? { trusted } : {}),
    ...(chain && key ? { identity: { chain: chain.join(''), privateKey: pemOf(key) } } : {}),
  };
}

/** @returns whether names are checked; only the empty value says no */
function readAlgorithm(algorithm = 'https', prefix: string, tell: Properties['tell']): boolean {
  if (!['', 'HTTPS'].includes(algorithm.toUpperCase()))
    tell(
      `${prefix}ssl.endpoint.identification.algorithm is ${shownWord(algorithm)}: it is https, or empty for no check of the name`,
    );
  return algorithm !== '';
}

const pemOf = (key: KeyObject): string => `${key.export({ type: 'pkcs8', format: 'pem' })}`;
