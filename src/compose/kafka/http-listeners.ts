import type { Service } from '../reader/model.ts';
import { splitText, type Text } from '../reader/value.ts';
import { readImage } from './images.ts';
import { runsOwnProgram } from './own-program.ts';

/** Where a program around Kafka answers HTTP: `http://HOST:PORT` in a list of its own. */
export interface HttpListener {
  readonly variable: string;
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly text: Text;
}

/** Sources: the `configure` scripts and templates in confluentinc/schema-registry-images, kafka-rest-images and ksql-images. */
const VARIABLES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'confluentinc/cp-schema-registry': 'SCHEMA_REGISTRY_LISTENERS',
    'confluentinc/cp-kafka-rest': 'KAFKA_REST_LISTENERS',
    'confluentinc/cp-kafka-connect': 'CONNECT_LISTENERS',
    'confluentinc/cp-kafka-connect-base': 'CONNECT_LISTENERS',
    'confluentinc/cp-server-connect': 'CONNECT_LISTENERS',
    'confluentinc/cp-server-connect-base': 'CONNECT_LISTENERS',
    'confluentinc/cp-ksqldb-server': 'KSQL_LISTENERS',
    'confluentinc/cp-ksql-server': 'KSQL_LISTENERS',
    'confluentinc/ksqldb-server': 'KSQL_LISTENERS',
    'confluentinc/cp-enterprise-control-center': 'CONTROL_CENTER_REST_LISTENERS',
  }),
);

/** The listeners that a service states; none of an image that is not known, or of one that the project builds or starts otherwise. */
export function httpListeners(service: Service): HttpListener[] {
  const repository = service.image && readImage(service.image)?.repository;
  const variable = repository === undefined ? undefined : VARIABLES.get(repository);
  const value = variable === undefined ? undefined : service.environment.get(variable)?.value;
  if (!variable || !value || value.unresolved.length > 0 || service.builds || !runsOwnProgram(service))
    return [];
  return splitText(value, ',').flatMap(text => {
    const [, protocol = '', host = '', port] =
      /^(https?):\/\/(\[[^\]]*\]|[^:/]*):(\d{1,5})\/?$/.exec(text.text) ?? [];
    return port === undefined
      ? []
      : [{ variable, protocol, host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port), text }];
  });
}
