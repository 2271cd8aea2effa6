import type { Service } from '../reader/model.ts';
import { type Image, type ImageFamily, isLatest, knownImage, readImage, readVersion } from './images.ts';
import { runsOwnProgram } from './own-program.ts';

/** A service that runs ZooKeeper. */
export interface ZooKeeper {
  readonly service: Service;
  /** The port for clients; undefined when it depends on unknown variables or there are several. */
  readonly clientPort?: number;
  /** Every port at which clients may ask; undefined when that is not known. */
  readonly ports?: readonly number[];
}

const DEFAULT_PORT = 2181;
const TLS_PORT = 3181;
/** Mounted here, a configuration of one's own takes the place of the variables. */
const CONFIGURATION = /\.cfg$|\.properties$|\/conf(?:ig)?(?:\/|$)|^\/etc\/kafka\/?$/;

export function readZooKeeper(service: Service): ZooKeeper | undefined {
  const image = service.image && readImage(service.image);
  const known = image && knownImage(image);
  if (!image || known?.role !== 'zookeeper') return undefined;
  const ports = portsOf(service, image, known.family);
  return { service, ports, clientPort: ports?.length === 1 ? ports[0] : undefined };
}

function portsOf(service: Service, image: Image, family: ImageFamily): number[] | undefined {
  const { environmentComplete, builds, mounts } = service;
  if (!environmentComplete || builds || !runsOwnProgram(service)) return undefined;
  if (mounts.some(({ target }) => CONFIGURATION.test(target))) return undefined;
  if (family === 'confluent') return confluentPorts(service);
  if (family === 'bitnami') return bitnamiPorts(service);
  return family === 'zookeeper' ? officialPorts(service, image) : [DEFAULT_PORT];
}

/** The port in a variable; undefined when it holds none that can be known, and `otherwise` when it is not set. */
function portIn({ environment }: Service, name: string, otherwise?: number): number | undefined {
  const value = environment.get(name)?.value;
  if (!value) return otherwise;
  return value.unresolved.length === 0 && /^\d+$/.test(value.text) ? Number(value.text) : undefined;
}

const allOf = (ports: readonly (number | undefined)[]): number[] | undefined => {
  const known = ports.filter(port => port !== undefined);
  return known.length > 0 && known.length === ports.length ? [...new Set(known)] : undefined;
};

/**
 * One of the two is demanded.
 * Source: zookeeper/include/etc/confluent/docker/configure in confluentinc/kafka-images 7.9
 */
function confluentPorts(service: Service): number[] | undefined {
  const names = ['ZOOKEEPER_CLIENT_PORT', 'ZOOKEEPER_SECURE_CLIENT_PORT'];
  return allOf(names.filter(name => service.environment.has(name)).map(name => portIn(service, name)));
}

/** Source: zookeeper-env.sh in bitnami/containers */
function bitnamiPorts(service: Service): number[] | undefined {
  const plain = portIn(service, 'ZOO_PORT_NUMBER', DEFAULT_PORT);
  const hasTls = service.environment.has('ZOO_TLS_CLIENT_ENABLE');
  return allOf(hasTls ? [plain, portIn(service, 'ZOO_TLS_PORT_NUMBER', TLS_PORT)] : [plain]);
}

/**
 * Up to 3.4 the port is ZOO_PORT, from 3.5 on it stands behind the semicolon of the server's own line in ZOO_SERVERS. ZOO_PORT was
 * taken out in June 2019, from 3.4.14 and 3.5.5 on: of a tag near these both ports may be right.
 * Source: docker-entrypoint.sh in https://github.com/31z4/zookeeper-docker, commit 78b76cc
 */
function officialPorts(service: Service, image: Image): number[] | undefined {
  const { environment } = service;
  if (environment.has('ZOO_CFG_EXTRA')) return undefined;
  const version = readVersion(image.tag?.text);
  if (!version && !isLatest(image)) return undefined;
  const old = version && version.major === 3 ? version.minor : 9;
  const set = portIn(service, 'ZOO_PORT', DEFAULT_PORT);
  const patch = /^3\.\d+\.(\d+)/.exec(image.tag?.text ?? '')?.[1];
  if (old < 4 || (old === 4 && patch !== undefined && Number(patch) < 14)) return allOf([set]);
  if (old === 4) return allOf([set, DEFAULT_PORT]);
  if (environment.has('ZOO_SERVERS')) return portsInServers(service);
  return allOf(old === 5 ? [set, DEFAULT_PORT] : [DEFAULT_PORT]);
}

/** `server.ID=HOST:PORT:PORT[:ROLE];[ADDRESS:]CLIENT-PORT`, several between white space. */
/** What stands behind a server's last semicolon, with it: `;2181`, `;0.0.0.0:2181`; '' without one. */
function afterSemicolon(line: string): string {
  const at = line.lastIndexOf(';');
  return at < 0 ? '' : line.slice(at);
}

function portsInServers(service: Service): number[] | undefined {
  const servers = service.environment.get('ZOO_SERVERS')?.value;
  const own = service.environment.get('ZOO_MY_ID')?.value;
  if (!servers || servers.unresolved.length > 0 || (own && own.unresolved.length > 0)) return undefined;
  const lines = servers.text.split(/\s+/).filter(Boolean);
  const id = own?.text ?? '1';
  const mine = lines.filter(line => line.startsWith(`server.${id}=`));
  const ports = (mine.length > 0 ? mine : lines).map(
    line => /[;:](\d{1,5})$/.exec(afterSemicolon(line))?.[1],
  );
  return allOf(ports.map(port => (port === undefined ? undefined : Number(port))));
}
