import { type Credentials, SASL_MECHANISMS, type Sasl } from '../../kafka/security/client-security.ts';
import { type LoginModule, readJaasConfig } from './jaas.ts';
import { type Properties, shownWord } from './properties.ts';

const LOGIN_MODULES = {
  PLAIN: 'org.apache.kafka.common.security.plain.PlainLoginModule',
  SCRAM: 'org.apache.kafka.common.security.scram.ScramLoginModule',
};
const CHOICE = SASL_MECHANISMS.join(', ');

/** `sasl.mechanism` and `sasl.jaas.config`. @returns undefined when something is wrong with them */
export function readSasl({ get, tell }: Properties): Sasl | undefined {
  const named = get('sasl.mechanism');
  const mechanism = SASL_MECHANISMS.find(known => known === named);
  if (named === undefined)
    tell(`sasl.mechanism is not set: Kafka takes GSSAPI then, which is not supported. Set one of: ${CHOICE}`);
  else if (mechanism === undefined)
    tell(`sasl.mechanism is ${shownWord(named)}, which is not supported. It is one of: ${CHOICE}`);
  const text = get('sasl.jaas.config');
  if (text === undefined) tell('sasl.jaas.config is not set: SASL needs a user name and a password');
  if (text === undefined || mechanism === undefined) return undefined;
  try {
    return { mechanism, ...userOf(readJaasConfig(text), mechanism) };
  } catch (error) {
    tell(`sasl.jaas.config: ${(error as Error).message}`);
    return undefined;
  }
}

/** @throws Error that names what is missing, or not supported */
function userOf({ name, options }: LoginModule, mechanism: Sasl['mechanism']): Credentials {
  const wanted = LOGIN_MODULES[mechanism === 'PLAIN' ? 'PLAIN' : 'SCRAM'];
  if (name !== wanted) {
    const other = /^[A-Za-z]+(\.[A-Za-z0-9_$]+){1,12}$/.test(name) ? name : 'its login module';
    throw new Error(`${other} does not go with sasl.mechanism ${mechanism}, which takes ${wanted}`);
  }
  if (options.get('tokenauth') === 'true') throw new Error('a delegation token (tokenauth) is not supported');
  const [username, password] = [options.get('username'), options.get('password')];
  if (!username) throw new Error('its option username is missing or empty');
  if (!password) throw new Error('its option password is missing or empty');
  return { username, password };
}
