import type { Member } from '../compose/deployment/cluster.ts';
import type { Host } from '../host/host.ts';
import type { ContainerState } from './machine-look.ts';

/** A broker that found the data of another cluster than the one it was to join. */
export interface ForeignData {
  /** What was kept and what was lost, in a sentence. */
  readonly what: string;
  readonly hint: string;
}

/** Kafka from 3.7 on, and before. */
const MISMATCHES = [
  /Invalid cluster\.id in: \S+ Expected (?<wanted>\S+), but read (?<stored>\S+)/,
  /The Cluster ID (?<wanted>\S+) doesn't match stored clusterId Some\((?<stored>[^)]+)\)/,
];

/** @returns whether a broker's last words say that its data are of another cluster */
export const isForeignData = (words: string): boolean => MISMATCHES.some(pattern => pattern.test(words));

/** Volumes that were made together are some seconds apart. */
const TOGETHER_MS = 60_000;

/**
 * Explains why a broker refuses its data. The cluster's id lies with ZooKeeper (or with the other brokers, where there is none) and
 * in each broker's volume: when they differ, and ZooKeeper's volumes are much younger, it has begun anew.
 */
export async function explainForeignData(
  host: Host,
  words: string,
  broker: ContainerState,
  { containers, members }: { containers: readonly ContainerState[]; members: readonly Member[] },
): Promise<ForeignData> {
  const ids = MISMATCHES.map(pattern => pattern.exec(words)?.groups).find(found => found !== undefined);
  const { wanted = '?', stored = '?' } = ids ?? {};
  const found = `its volume holds the data of cluster ${stored}, but the cluster is ${wanted}`;
  const keepers = keepersOfId(containers, members, broker);
  const times = await madeAt(host, [broker, ...keepers]);
  const age = newest(broker, times);
  const anew = keepers.filter(keeper => newest(keeper, times) > age + TOGETHER_MS);
  const names = anew.map(({ service }) => service).join(', ');
  const kept = `${broker.volumes.join(', ') || 'its volume'}, with the messages`;
  if (anew.length === 0) {
    return {
      what: `${found}: the volume was used by another one. Kept: ${kept} of that one`,
      hint: `Give ${broker.service} its own volume again (sudo docker volume ls). If its copy may go, since the other brokers have one: ${removal(broker)}, then deploy again.`,
    };
  }
  return {
    what: `${found}: ${names} began anew with empty volumes. Lost: what they held, such as topics and settings. Kept: ${kept}`,
    hint: `Bring the volumes of ${names} back from a backup. If the messages may go: mode down with volumes true, then deploy again.`,
  };
}

function keepersOfId(
  containers: readonly ContainerState[],
  members: readonly Member[],
  broker: ContainerState,
): ContainerState[] {
  const withRole = (role: Member['role']) => {
    const services = members.filter(member => member.role === role).map(({ service }) => service);
    return containers.filter(({ service, name }) => name !== broker.name && services.includes(service));
  };
  const zookeepers = withRole('zookeeper');
  return zookeepers.length > 0 ? zookeepers : withRole('broker');
}

const removal = ({ name, volumes }: ContainerState) =>
  `sudo docker rm -f ${name}${volumes.length > 0 ? ` && sudo docker volume rm ${volumes.join(' ')}` : ''}`;

/**
 * When each volume was made, in seconds since 1970: the folder around its data does not change afterwards. What the engine calls
 * CreatedAt is, in its older versions, when a file was last made in it.
 */
const AGES = `
for name do
  data=$(docker volume inspect --format '{{.Mountpoint}}' "$name") &&
    printf '%s %s\\n' "$(stat -c %Y "$(dirname "$data")")" "$name"
done
`;

async function madeAt(host: Host, containers: readonly ContainerState[]): Promise<Map<string, number>> {
  const names = containers.flatMap(({ volumes }) => volumes);
  if (names.length === 0) return new Map();
  const { stdout } = await host.run({ argv: ['sh', '-c', AGES, 'sh', ...names], sudo: true, isLook: true });
  const rows = stdout.split('\n').map(line => line.split(' '));
  return new Map(rows.map(([time = '', name = '']) => [name, Number(time) * 1_000]));
}

/** Of a container without named volumes its own age counts. */
const newest = ({ volumes, createdAt }: ContainerState, times: ReadonlyMap<string, number>) =>
  volumes.length === 0
    ? Date.parse(createdAt)
    : Math.max(...volumes.map(name => times.get(name) ?? Number.NEGATIVE_INFINITY));
