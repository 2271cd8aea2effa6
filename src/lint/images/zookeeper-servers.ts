import { serviceNamed } from '../../compose/kafka/kafka-model.ts';
import type { ComposeModel, EnvironmentEntry, Service } from '../../compose/reader/model.ts';
import { imageOf, runsStartScript } from './service-image.ts';

/** How the images of ZooKeeper are told of an ensemble. */
interface EnsembleVariables {
  readonly servers: string;
  readonly id: string;
  /** The number without the variable; Confluent's image stops without one. */
  readonly defaultId?: string;
  /** A hint how the list is written, for a host. */
  readonly entry: (host: string, index: number) => string;
  readonly separator: string;
}

/** Sources: the start scripts in confluentinc/kafka-images, 31z4/zookeeper-docker and bitnami/containers. */
const VARIABLES: Readonly<Record<string, EnsembleVariables>> = {
  confluent: {
    servers: 'ZOOKEEPER_SERVERS',
    id: 'ZOOKEEPER_SERVER_ID',
    entry: host => `${host}:2888:3888`,
    separator: ';',
  },
  zookeeper: {
    servers: 'ZOO_SERVERS',
    id: 'ZOO_MY_ID',
    defaultId: '1',
    entry: (host, index) => `server.${index + 1}=${host}:2888:3888;2181`,
    separator: ' ',
  },
  bitnami: {
    servers: 'ZOO_SERVERS',
    id: 'ZOO_SERVER_ID',
    defaultId: '1',
    entry: host => `${host}:2888:3888`,
    separator: ',',
  },
};
/** Where a file may say what the variables do not. */
const CONFIGURATION = /zoo\.cfg|^\/conf(?:\/|$)|^\/opt\/bitnami|^\/bitnami\/zookeeper\/conf/;

/** A ZooKeeper whose ensemble is set by variables that can all be seen. */
export interface EnsembleServer {
  readonly service: Service;
  readonly variables: EnsembleVariables;
  readonly servers?: EnvironmentEntry;
  readonly id?: EnvironmentEntry;
  /** The services of the project in its list. */
  readonly members: readonly Service[];
}

/** @returns undefined for another service, and where an image, a file or unknown variables may say something else */
export function ensembleServer(service: Service, model: ComposeModel): EnsembleServer | undefined {
  const image = imageOf(service);
  const variables = image?.role === 'zookeeper' ? VARIABLES[image.family] : undefined;
  if (!variables || !runsStartScript(service) || !service.environmentComplete) return undefined;
  if (service.mounts.some(({ target }) => CONFIGURATION.test(target))) return undefined;
  const entries = [...service.environment.values()];
  const isOpen = ({ name, value }: EnvironmentEntry) =>
    /CFG|_FILE$/.test(name) && /server\.|servers/i.test(name + value.text);
  if (entries.some(isOpen)) return undefined;
  const servers = service.environment.get(variables.servers);
  const id = service.environment.get(variables.id);
  if ([servers, id].some(entry => entry && entry.value.unresolved.length > 0)) return undefined;
  const stated = servers && servers.value.text.trim() !== '' ? servers : undefined;
  return { service, variables, servers: stated, id, members: membersOf(stated, model) };
}

/** `[server.1=]HOST:2888:3888…` each. */
function membersOf(servers: EnvironmentEntry | undefined, model: ComposeModel): Service[] {
  const hosts = (servers?.value.text ?? '')
    .split(/[;,\s]+/)
    .map(each => each.replace(/^server\.\d+=/, '').split(':')[0]);
  return [...new Set(hosts)].flatMap(host => (host ? (serviceNamed(model, host) ?? []) : []));
}
