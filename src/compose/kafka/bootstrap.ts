import { splitText, type Text } from '../reader/value.ts';

/** `[PROTOCOL://]HOST:PORT`: where a client finds a first broker. */
export interface Bootstrap {
  readonly protocol?: string;
  readonly host: string;
  readonly port: number;
  readonly text: Text;
}

/** The addresses of a list with commas; undefined when one of them depends on unknown variables or is of no known form. */
export function readBootstrap(setting: Text): Bootstrap[] | undefined {
  if (setting.unresolved.length > 0) return undefined;
  const addresses = splitText(setting, ',').map((text): Bootstrap | undefined => {
    const match = /^(?:(\w+):\/\/)?(\[[^\]]*\]|[^:/]+):(\d{1,5})$/.exec(text.text);
    if (!match) return undefined;
    const [, protocol, host = '', port] = match;
    return { protocol, host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port), text };
  });
  const read = addresses.filter(address => address !== undefined);
  return read.length === addresses.length && read.length > 0 ? read : undefined;
}
