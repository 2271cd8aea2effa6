import { httpListeners } from '../compose/kafka/http-listeners.ts';
import type { ImageFacts } from '../compose/kafka/image-table.ts';
import { imageFacts, readImage } from '../compose/kafka/images.ts';
import { isLoopback } from '../compose/kafka/listeners.ts';
import { runsOwnProgram } from '../compose/kafka/own-program.ts';
import type { Service } from '../compose/reader/model.ts';

interface HttpProgram {
  readonly what: string;
  /** Where it listens when it is told nothing. */
  readonly port: number;
  readonly portVariable?: string;
}

/** Sources: the `configure` scripts of confluentinc/kafka-images, kafka-rest-images and ksql-images. */
const PROGRAMS: Readonly<Partial<Record<ImageFacts['role'], HttpProgram>>> = {
  connect: { what: 'Kafka Connect', port: 8083, portVariable: 'CONNECT_REST_PORT' },
  'rest-proxy': { what: 'The REST proxy', port: 8082 },
  ksqldb: { what: 'ksqlDB', port: 8088 },
};

/** Variables of a login, of certificates of clients, and of extensions that may ask for either. */
const ASKS = /AUTHENTICATION|CLIENT_AUTH|REST_EXTENSION|JAAS|BASIC_AUTH/;

/** A program around Kafka whose HTTP port does as anybody says; undefined where it may ask who that is, and when that is not known. */
export function openHttp(service: Service, isPort: (port: number) => boolean): string | undefined {
  const { image: text, environment, environmentComplete, builds } = service;
  const image = text && readImage(text);
  const program = image && PROGRAMS[imageFacts(image)?.role ?? 'ui'];
  if (!program || builds || !environmentComplete || !runsOwnProgram(service)) return undefined;
  const mayAsk = [...environment.values()].some(
    ({ name, value }) => ASKS.test(name) || value.text.includes('java.security.auth.login.config'),
  );
  if (mayAsk) return undefined;
  const isOpen = httpListeners(service).some(
    ({ protocol, host, port }) => protocol === 'http' && isPort(port) && !isLoopback(host),
  );
  if (isOpen) return program.what;
  // A list that is not understood may have anything in it.
  if ([...environment.keys()].some(name => name.endsWith('LISTENERS'))) return undefined;
  const { portVariable = '', port } = program;
  const stated = environment.get(portVariable)?.value.text;
  return isPort(stated === undefined ? port : Number(stated)) ? program.what : undefined;
}
