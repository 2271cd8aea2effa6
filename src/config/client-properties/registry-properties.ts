import type { Credentials, RegistrySecurity, Sasl } from '../../kafka/security/client-security.ts';
import { type Properties, shownWord } from './properties.ts';
import { REGISTRY, TLS_NAMES } from './property-names.ts';
import { readTls } from './tls-properties.ts';

/** What the schema registry asks for, under the names of Confluent's clients. @param sasl what the brokers are told */
export function readRegistry(properties: Properties, sasl: Sasl | undefined): RegistrySecurity {
  const user = readUser(properties, sasl);
  const hasTls = TLS_NAMES.some(name => properties.get(`${REGISTRY}${name}`) !== undefined);
  return { ...(hasTls ? { tls: readTls(properties, REGISTRY) } : {}), ...(user ? { user } : {}) };
}

function readUser({ get, tell }: Properties, sasl: Sasl | undefined): Credentials | undefined {
  const value = (name: string) => get(name) ?? get(`${REGISTRY}${name}`);
  const source = value('basic.auth.credentials.source');
  const info = value('basic.auth.user.info');
  if (source === 'USER_INFO') return userIn(info ?? '', tell);
  if (source === 'SASL_INHERIT') {
    if (get('sasl.jaas.config') === undefined)
      tell('basic.auth.credentials.source is SASL_INHERIT, and there is no sasl.jaas.config');
    return sasl && { username: sasl.username, password: sasl.password };
  }
  if (source !== undefined)
    tell(
      `basic.auth.credentials.source is ${shownWord(source)}, which is not supported. It is one of: USER_INFO, SASL_INHERIT`,
    );
  else if (info !== undefined)
    tell('basic.auth.user.info has no effect without basic.auth.credentials.source, which must be USER_INFO');
  return undefined;
}

function userIn(info: string, tell: Properties['tell']): Credentials | undefined {
  const at = info.indexOf(':');
  if (at > 0 && at < info.length - 1) return { username: info.slice(0, at), password: info.slice(at + 1) };
  tell('basic.auth.user.info is not of the form USER:PASSWORD');
  return undefined;
}
