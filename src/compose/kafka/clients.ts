import type { Service } from '../reader/model.ts';
import {
  asList,
  asScalar,
  partOf,
  type Scalar,
  scalarsIn,
  type Text,
  textOf,
  valueAt,
} from '../reader/value.ts';
import { type Bootstrap, readBootstrap } from './bootstrap.ts';
import { ANY_BOOTSTRAP, CLIENT_IMAGES, type ClientTarget, NOT_KAFKA } from './client-images.ts';
import { knownImage, readImage } from './images.ts';
import { ownCommandTexts } from './own-program.ts';

const TOOL_IMAGES = [
  'danielqsj/kafka-exporter',
  'bitnami/kafka-exporter',
  'edenhill/kcat',
  'edenhill/kafkacat',
];
const STARTS_BROKER = /server-start|\/run\b|run\.sh|entrypoint|start-kafka|supervisord/;

/** What a service is told of where Kafka, ZooKeeper or the registry is. */
export interface ClientSetting {
  readonly service: Service;
  /** As messages call it; the service's name where the program is not known. */
  readonly program: string;
  /** True when the program is known, so that it certainly connects there from its container. */
  readonly isKnown: boolean;
  /** The variable that it stands in; '' for one that stands in a command. */
  readonly variable: string;
  readonly target: ClientTarget;
  readonly addresses: readonly Bootstrap[];
}

/** What a service that is no Kafka node is told of where its brokers are; none of what is not known. */
export const clientSettings = (service: Service): readonly ClientSetting[] => clientOf(service).settings;

/**
 * Addresses in variables of which only the value says that they are Kafka's: those of a broker of the project, if they are any. Whether
 * and how the program uses them is not known.
 */
export const guessedSettings = (service: Service): readonly ClientSetting[] => clientOf(service).guesses;

interface Client {
  readonly settings: readonly ClientSetting[];
  readonly guesses: readonly ClientSetting[];
}

/** Several rules ask for all of a project's clients. */
const READ = new WeakMap<Service, Client>();

function clientOf(service: Service): Client {
  const known = READ.get(service) ?? readClient(service);
  READ.set(service, known);
  return known;
}

function readClient(service: Service): Client {
  const repository = service.image && readImage(service.image)?.repository;
  const image = CLIENT_IMAGES.find(({ repositories }) => repositories.includes(repository ?? ''));
  const program = image?.program ?? `"${service.name}"`;
  const setting = (target: ClientTarget, value: Text, isKnown: boolean, variable = ''): ClientSetting[] => {
    const addresses = readAddresses(target, value);
    return addresses ? [{ service, program, isKnown, target, addresses, variable }] : [];
  };
  const guesses: ClientSetting[] = [];
  const variables = [...service.environment.values()].flatMap(({ name, value }) => {
    const known = Object.entries(image?.variables ?? {}).find(([, pattern]) => pattern.test(name));
    if (known) return setting(known[0] as ClientTarget, value, isUsed(name, service, image?.proxy), name);
    if (ANY_BOOTSTRAP.test(name)) return setting('kafka', value, false, name);
    if (!NOT_KAFKA.test(name)) guesses.push(...setting('kafka', value, false, name));
    return [];
  });
  const isTool = runsTools(service);
  const settings = [
    ...variables,
    ...configuredAddresses(service).flatMap(({ target, text }) => setting(target, text, true)),
    ...commandAddresses(service).flatMap(value => setting('kafka', value, isTool)),
  ];
  return { settings, guesses };
}

function readAddresses(target: ClientTarget, value: Text): Bootstrap[] | undefined {
  if (target === 'kafka' || target === 'zookeeper') return readBootstrap(value);
  return target === 'ksqldb' ? readUrls(value) : (readUrls(value) ?? readBootstrap(value));
}

/** The registry's address for a converter of Kafka Connect that uses none is without effect, and a page may hand one on to the browser. */
function isUsed(name: string, { environment, builds }: Service, proxy: string | undefined): boolean {
  if (builds || (proxy && !/^(?:true|y|yes|1)$/i.test(environment.get(proxy)?.value.text ?? '')))
    return false;
  const converter = /^(CONNECT_(?:KEY|VALUE)_CONVERTER)_SCHEMA_REGISTRY_URL$/.exec(name)?.[1];
  if (converter === undefined) return true;
  return /Avro|Protobuf|JsonSchema/.test(environment.get(converter)?.value.text ?? '');
}

/** True for an image of Kafka or of a tool whose own command starts no broker beside the tool. */
function runsTools(service: Service): boolean {
  const image = service.image && readImage(service.image);
  if (!image || service.builds || !service.ownCommand) return false;
  const isTool = knownImage(image)?.role === 'kafka' || TOOL_IMAGES.includes(image.repository);
  return isTool && !ownCommandTexts(service).some(text => STARTS_BROKER.test(text));
}

/** `http://HOST:PORT`, several with commas. */
function readUrls(value: Text): Bootstrap[] | undefined {
  const urls = readBootstrap(value);
  return urls?.every(({ protocol }) => protocol === 'http' || protocol === 'https') ? urls : undefined;
}

interface ConfiguredAddress {
  readonly repository: string;
  readonly variable: string;
  readonly target: ClientTarget;
  /** With the address in its group. */
  readonly address: RegExp;
}

/**
 * Programs that take their whole configuration, YAML in YAML, in one variable.
 * Sources: https://akhq.io/docs/configuration/ and the documentation of Redpanda Console.
 */
const CONFIGURED: readonly ConfiguredAddress[] = [
  {
    ...{ repository: 'tchiotludo/akhq', variable: 'AKHQ_CONFIGURATION', target: 'kafka' },
    address: /bootstrap\.servers['"]?:[ \t]*['"]?([\w.:,-]+)/g,
  },
  {
    ...{ repository: 'tchiotludo/akhq', variable: 'AKHQ_CONFIGURATION', target: 'registry' },
    address: /schema-registry:[ \t]*\n[ \t]*url:[ \t]*['"]?(https?:\/\/[\w.:-]+)/g,
  },
  {
    ...{ repository: 'tchiotludo/akhq', variable: 'AKHQ_CONFIGURATION', target: 'connect' },
    address:
      /(?<![\w-])connect:[ \t]*\n(?:[ \t]*-?[ \t]*name:[^\n]*\n)?[ \t]*-?[ \t]*url:[ \t]*['"]?(https?:\/\/[\w.:-]+)/g,
  },
  {
    ...{ repository: 'redpandadata/console', variable: 'CONSOLE_CONFIG_FILE', target: 'kafka' },
    address: /\bbrokers:[ \t]*(?:\[|\n[ \t]*-)[ \t]*['"]?([\w.:-]+)['"]?[ \t]*(?:\]|\n(?![ \t]*-))/g,
  },
];

function configuredAddresses({ image, environment }: Service): { target: ClientTarget; text: Text }[] {
  const name = image && readImage(image)?.repository;
  return CONFIGURED.filter(({ repository }) => repository === name).flatMap(
    ({ variable, target, address }) => {
      const value = environment.get(variable)?.value;
      return value ? matches(value, address).map(text => ({ target, text })) : [];
    },
  );
}

/** The flags by which Kafka's tools, kafka-exporter and kcat are told where Kafka is. */
const FLAGS =
  /(?:--bootstrap-servers?|--broker-list|--kafka\.server|\bkafka-ready\b[^;&|\n]{0,200}? -b|\bk(?:afka)?cat\b[^;&|\n]{0,200}? -b)[ =]+['"]?([\w.:,/-]+)/g;
const FLAG = /^--(?:bootstrap-servers?|broker-list|kafka\.server)$/;

function commandAddresses({ whole }: Service): Text[] {
  return ['entrypoint', 'command'].flatMap(key => {
    const value = valueAt(whole, key);
    const items = asList(value)?.items.flatMap(item => asScalar(item) ?? []) ?? [];
    const after = items.flatMap((item, index): Scalar[] => {
      const next = items[index + 1];
      return FLAG.test(item.text) && next ? [next] : [];
    });
    return [...scalarsIn(value).flatMap(scalar => matches(textOf(scalar), FLAGS)), ...after.map(textOf)];
  });
}

/** What the group of an expression holds, wherever it matches, with its place. */
const matches = (text: Text, pattern: RegExp): Text[] =>
  [...text.text.matchAll(pattern)].map(({ index, 0: all, 1: part = '' }) => {
    const from = index + all.lastIndexOf(part);
    return partOf(text, from, from + part.length);
  });
