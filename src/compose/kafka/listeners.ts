import { splitText, type Text } from '../reader/value.ts';

/** `NAME://HOST:PORT` in `listeners` or `advertised.listeners`. */
export interface Listener {
  /** In capitals, as Kafka compares names. */
  readonly name: string;
  /** '' for the container's own name. */
  readonly host: string;
  readonly port: number;
  readonly text: Text;
}

/** @returns undefined when the setting depends on unknown variables, or an entry is of no known form: an image may fill it in */
export const readListeners = (setting: Text): Listener[] | undefined =>
  setting.unresolved.length > 0 ? undefined : readEntries(setting);

/** The same where unknown variables stand in hosts only, of which nothing is said then: names and ports are known. */
export function readListenersWithoutHosts(setting: Text): Listener[] | undefined {
  const listeners = readEntries(setting);
  // A port of fewer digits may be the rest of one that a variable begins.
  const isWhole = setting.unresolved.length === 0 || listeners?.every(({ port }) => port > 999);
  return isWhole ? listeners : undefined;
}

function readEntries(setting: Text): Listener[] | undefined {
  const listeners = splitText(setting, ',').map((text): Listener | undefined => {
    const match = /^([^:/]+):\/\/(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(text.text);
    if (!match) return undefined;
    const [, name = '', host = '', port] = match;
    return { name: name.toUpperCase(), host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port), text };
  });
  const read = listeners.filter(listener => listener !== undefined);
  return read.length === listeners.length ? read : undefined;
}

/** `LISTENER:PROTOCOL,…` as a map. */
export function readProtocolMap(setting: Text): Map<string, string> {
  const pairs = splitText(setting, ',').map(({ text }) =>
    text.split(':').map(part => part.trim().toUpperCase()),
  );
  return new Map(pairs.map(([name = '', protocol = '']) => [name, protocol]));
}

export const SECURITY_PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const;

/** The container itself, for whoever asks inside it. */
export const isLoopback = (host: string): boolean => {
  const name = host.toLowerCase();
  return name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name);
};

/** Every address of a machine: good to listen on, nothing that a client can connect to. */
export const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';
