import { isIP } from 'node:net';
import type { Fault } from '../fault.ts';
import { asScalar, type Scalar, type Text, textAt, type Value } from '../value.ts';
import { cause, isKnown, orSet, refused, shown } from './unset.ts';

const HINT = 'Write [[ADDRESS:]PORT:]CONTAINER-PORT[/PROTOCOL], with ports from 1 to 65535.';

/**
 * Why Compose, or Docker after it, refuses an entry of `ports`.
 * Sources: ParsePortSpec in docker/go-connections' `nat` package, and compose-go's `validation` package.
 */
export function portFaults(entry: Value): Fault[] {
  const scalar = asScalar(entry);
  if (scalar) return shortFaults(scalar);
  return entry.kind === 'map' ? longFaults(entry) : [];
}

function shortFaults(entry: Scalar): Fault[] {
  if (entry.value === null || typeof entry.value === 'boolean' || !isKnown(entry)) return [];
  if (typeof entry.value === 'number' && !Number.isInteger(entry.value))
    return [
      refused(
        `${shown(entry.text)} is no port: Compose refuses it.`,
        entry,
        'Write a whole number, or put quotes around the ports.',
      ),
    ];
  const problem = problemOf(entry.text);
  if (problem === undefined) return [];
  const message = `${shown(entry.text)} cannot be published${cause(entry)}: ${problem}.`;
  return [refused(message, entry, orSet(entry, HINT))];
}

/** @returns what is wrong with `[[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL]` */
function problemOf(text: string): string | undefined {
  const parts = text.split(':');
  const last = parts.pop() ?? '';
  const published = parts.pop() ?? '';
  const slash = last.indexOf('/');
  const target = slash < 0 ? last : last.slice(0, slash);
  const protocol = slash < 0 ? '' : last.slice(slash + 1);
  if (target === '') return 'it has no port of the container';
  if (!['', 'tcp', 'udp', 'sctp'].includes(protocol.toLowerCase()))
    return `${shown(protocol)} is no protocol, which are tcp, udp and sctp`;
  const address = parts.join(':');
  if (!isAddress(address)) return `${shown(address)} is no IP address`;
  const inside = rangeOf(target);
  if (!inside) return `${shown(target)} is no port`;
  if (inside.from === 0) return '0 is no port of a container';
  const outside = published === '' ? undefined : rangeOf(published);
  if (published !== '' && !outside) return `${shown(published)} is no port of the machine`;
  const isRange = inside.to > inside.from;
  if (outside && isRange && outside.to - outside.from !== inside.to - inside.from)
    return `${published} and ${target} are not of the same length`;
  return undefined;
}

function isAddress(address: string): boolean {
  if (address === '') return true;
  const bare = address.startsWith('[') ? /^\[([^\]]*)\]$/.exec(address)?.[1] : address;
  return bare !== undefined && !bare.includes('%') && (bare === '' || isIP(bare) !== 0);
}

function rangeOf(text: string): { from: number; to: number } | undefined {
  const dash = text.indexOf('-');
  const [start, end] = dash < 0 ? [text, text] : [text.slice(0, dash), text.slice(dash + 1)];
  const [from, to] = [portIn(start), portIn(end)];
  return from === undefined || to === undefined || to < from ? undefined : { from, to };
}

function portIn(text: string): number | undefined {
  if (!/^\+?\d{1,18}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}

/** Compose itself looks at the address and the target only; the ports that Docker refuses are told as well. */
function longFaults(entry: Value & { kind: 'map' }): Fault[] {
  const [target, published, address] = ['target', 'published', 'host_ip'].map(key => textAt(entry, key));
  const faults: Fault[] = [];
  const tell = (text: Text, problem: string) => {
    if (isKnown(text))
      faults.push(
        refused(
          `${problem}${cause(text)}: the container does not start.`,
          text,
          orSet(text, 'Write a port from 1 to 65535.'),
        ),
      );
  };
  if (!entry.entries.has('target'))
    faults.push(
      refused(
        'A port of "ports" needs a target, the port of the container: Compose refuses it.',
        entry,
        'Add "target".',
      ),
    );
  if (target && /^[+-]?\d+$/.test(target.text) && portIn(target.text) === undefined)
    tell(target, `${shown(target.text)} is no port`);
  if (published && published.text !== '' && !rangeOf(published.text))
    tell(published, `${shown(published.text)} is no port of the machine`);
  if (address && (isIP(address.text) === 0 || address.text.includes('%'))) {
    const what = refused(
      `${shown(address.text)} is no IP address${cause(address)}: Compose refuses it.`,
      address,
      orSet(address, 'Write an address such as 127.0.0.1.'),
    );
    if (isKnown(address)) faults.push(what);
  }
  return faults;
}
