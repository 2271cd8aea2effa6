import type { ClientSecurity } from '../../kafka/security/client-security.ts';
import type { InputReader } from '../input-reader.ts';
import { readJavaProperties } from './java-properties.ts';
import { type Properties, shownWord } from './properties.ts';
import { isPropertyName, refusalOf, UNDERSTOOD } from './property-names.ts';
import { readRegistry } from './registry-properties.ts';
import { readSasl } from './sasl-properties.ts';
import { readTls } from './tls-properties.ts';

const NAME = 'client-properties';
const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];

/**
 * The input `client-properties`: what a cluster asks of its clients, in the lines of a client.properties file, as Kafka's own
 * clients read them. What they would pass over in silence, and what is not supported, is refused by its name.
 * @returns undefined when it is not given
 */
export function parseClientProperties(input: InputReader, mode: string): ClientSecurity | undefined {
  if (!input.has(NAME)) return undefined;
  if (mode !== 'smoke-test' && !input.hasProblem('mode'))
    input.problem(
      [NAME, 'mode'],
      'only mode smoke-test takes it: what mode deploy makes asks for neither TLS nor a password',
    );
  else if (mode === 'smoke-test' && !input.has('bootstrap-servers'))
    input.problem(
      [NAME, 'bootstrap-servers'],
      'it says what the brokers at bootstrap-servers ask for; a cluster that is found by its compose file is asked in plain text',
    );
  const tell = (problem: string) => input.problem([NAME], problem);
  const values = readValues(input.text(NAME), tell);
  return securityOf(values, { get: name => values.get(name), tell });
}

/** Of a name that comes twice the last value counts, as in Java. */
function readValues(text: string, tell: Properties['tell']): Map<string, string> {
  const values = new Map<string, string>();
  const refused = new Set<string>();
  try {
    for (const { name, value, line } of readJavaProperties(text)) {
      if (UNDERSTOOD.has(name)) values.set(name, value.trim());
      else refused.add(refusalOf(name, line));
      // What follows is most likely the rest of a value.
      if (!isPropertyName(name)) break;
    }
  } catch (error) {
    refused.add((error as Error).message);
  }
  for (const refusal of refused) tell(refusal);
  return values;
}

function securityOf(values: ReadonlyMap<string, string>, properties: Properties): ClientSecurity {
  const { get, tell } = properties;
  const protocol = (get('security.protocol') ?? 'PLAINTEXT').toUpperCase();
  if (!PROTOCOLS.includes(protocol)) {
    tell(`security.protocol is ${shownWord(protocol)}, not one of: ${PROTOCOLS.join(', ')}`);
    return {};
  }
  const [usesTls, usesSasl] = [protocol.endsWith('SSL'), protocol.startsWith('SASL_')];
  // Kafka says nothing then; most often security.protocol is missing.
  const idle = [...values.keys()].find(
    name => (name.startsWith('ssl.') && !usesTls) || (name.startsWith('sasl.') && !usesSasl),
  );
  const inherits = get('basic.auth.credentials.source') === 'SASL_INHERIT';
  if (idle !== undefined && !(inherits && idle.startsWith('sasl.')))
    tell(`${idle} has no effect while security.protocol is ${protocol}`);
  const sasl = usesSasl || inherits ? readSasl(properties) : undefined;
  return {
    ...(usesTls ? { tls: readTls(properties) } : {}),
    ...(usesSasl && sasl ? { sasl } : {}),
    registry: readRegistry(properties, sasl),
  };
}
