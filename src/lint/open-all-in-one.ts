import { readImage } from '../compose/kafka/images.ts';
import { programOf } from '../compose/kafka/own-program.ts';
import type { Service } from '../compose/reader/model.ts';

interface Part {
  readonly what: string;
  readonly port: number;
  /** The variable that gives it another port, where the image has one. */
  readonly variable?: string;
}

const FAST_DATA: readonly Part[] = [
  { what: 'ZooKeeper', port: 2181, variable: 'ZK_PORT' },
  { what: 'Kafka', port: 9092, variable: 'BROKER_PORT' },
  { what: 'The schema registry', port: 8081, variable: 'REGISTRY_PORT' },
];
/** Of an image whose listeners of Kafka are written out. */
const ZOOKEEPER: readonly Part[] = [{ what: 'ZooKeeper', port: 2181 }];
const PAIR: readonly Part[] = [
  { what: 'ZooKeeper', port: 2181 },
  { what: 'Kafka', port: 9092 },
];

/**
 * Images with Kafka and ZooKeeper in one container, none of which asks anybody who they are.
 * Sources: the READMEs of lensesio/fast-data-dev, spotify/docker-kafka, obsidiandynamics/docker-kafka and hey-johnnypark/docker-kafka-zookeeper.
 */
const PARTS: ReadonlyMap<string, readonly Part[]> = new Map(
  Object.entries({
    'lensesio/fast-data-dev': FAST_DATA,
    'landoop/fast-data-dev': FAST_DATA,
    'lensesio/box': FAST_DATA,
    'spotify/kafka': PAIR,
    'johnnypark/kafka-zookeeper': PAIR,
    'obsidiandynamics/kafka': ZOOKEEPER,
  }),
);

/** What answers at a port of an image with everything in it; undefined where variables may make it ask, or are missing. */
export function openPart(service: Service, isPort: (port: number) => boolean): string | undefined {
  const { image: text, environment, environmentComplete, builds } = service;
  const image = text && readImage(text);
  const parts = image && PARTS.get(image.repository);
  if (!parts || builds || !environmentComplete || programOf(service) !== 'image') return undefined;
  const isPlain = (value: string) => !/SASL|SSL/.test(value);
  const mayAsk = [...environment.values()].some(
    ({ name, value }) =>
      /AUTH|SASL|SECURITY/.test(name) && !(name.endsWith('SECURITY_PROTOCOL_MAP') && isPlain(value.text)),
  );
  if (mayAsk) return undefined;
  return parts.find(({ port, variable }) => {
    const value = variable === undefined ? undefined : environment.get(variable)?.value;
    return isPort(value ? Number(value.text) || -1 : port);
  })?.what;
}
