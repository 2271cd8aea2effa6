import { isIP } from 'node:net';
import type { Place } from './place.ts';
import { type Text, textAt, textOf, type Value } from './value.ts';

interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** A published port, or a range of them. */
export interface Port {
  /** Address of the machine it is bound to; none for all. */
  readonly address?: string;
  /** Port of the machine; none when Docker picks one. */
  readonly published?: PortRange;
  readonly target: PortRange;
  readonly protocol: string;
  readonly place: Place;
  /** The entry as the file has it. */
  readonly entry: Value;
}

const ALL_INTERFACES = new Set(['0.0.0.0', '::', '*']);

/** Bound to every address of the machine. */
export const onAllInterfaces = ({ address }: Pick<Port, 'address'>): boolean =>
  address === undefined || ALL_INTERFACES.has(address);

/** Reads an entry of `ports`, short or long; undefined when it is of no known form or depends on unknown variables. */
export function readPort(entry: Value): Port | undefined {
  if (entry.kind === 'scalar') return entry.value === null ? undefined : readShort(textOf(entry), entry);
  return entry.kind === 'map' ? readLong(entry) : undefined;
}

/** Longer than any entry; a longer text is not searched. */
const MAX_LENGTH = 100;

/**
 * `[[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL]`, each port a number or a range.
 * Source: https://docs.docker.com/reference/compose-file/services/#ports
 */
function readShort({ text, place, unresolved }: Text, entry: Value): Port | undefined {
  if (unresolved.length > 0 || text.length > MAX_LENGTH) return undefined;
  const match =
    /^(?:(?:(?<address>\[[^\]]*\]|[^[\]]*?):)?(?<published>[\d-]*):)?(?<target>[\d-]+)(?:\/(?<protocol>\w+))?$/.exec(
      text,
    );
  const { address = '', published = '', target = '', protocol = 'tcp' } = match?.groups ?? {};
  const inside = readRange(target);
  const outside = published === '' ? undefined : readRange(published);
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  if (!inside || (published !== '' && !outside) || (bare !== '' && isIP(bare) === 0)) return undefined;
  return {
    address: bare || undefined,
    published: outside,
    target: inside,
    protocol: protocol.toLowerCase(),
    place,
    entry,
  };
}

function readLong(entry: Value): Port | undefined {
  const [target, published, address] = ['target', 'published', 'host_ip'].map(key => textAt(entry, key));
  if ([target, published, address].some(text => text && text.unresolved.length > 0)) return undefined;
  const inside = readRange(target?.text ?? '');
  const outside = published && published.text !== '' ? readRange(published.text) : undefined;
  if (!inside || (published && published.text !== '' && !outside)) return undefined;
  return {
    address: address?.text || undefined,
    published: outside,
    target: inside,
    protocol: (textAt(entry, 'protocol')?.text ?? 'tcp').toLowerCase(),
    place: entry.place,
    entry,
  };
}

function readRange(text: string): PortRange | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (!match) return undefined;
  const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
  return from <= to && to <= 65_535 ? { from, to } : undefined;
}

/** Ports of the machine at which a port of the container is published, with the address they are bound to. */
export function publishedAt(
  ports: readonly Port[],
  containerPort: number,
): { address?: string; port: number }[] {
  return ports.flatMap(({ published, target, address, protocol }) => {
    if (!published || protocol !== 'tcp' || containerPort < target.from || containerPort > target.to)
      return [];
    // One port of the container may be published on the first free of a range: then it is not known which.
    if (target.to - target.from !== published.to - published.from) return [];
    const port = published.from + containerPort - target.from;
    return [{ address, port }];
  });
}
