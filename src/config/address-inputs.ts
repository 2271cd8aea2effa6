import { isIP, isIPv4, isIPv6 } from 'node:net';
import { type InputReader, shown } from './input-reader.ts';
import type { InputName } from './inputs.ts';

const NAME = /^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/;
const USER = /^[A-Za-z_][\w.-]*\$?$/;
/** Characters that nobody sees: they come with text that was copied from a page. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/;

/** What a text says of a machine's address, be it in the form of a URL, with a user or with a port. */
interface Address {
  readonly host: string;
  readonly user?: string;
  readonly port?: string;
  /** There is more in it than these: a scheme or a path. */
  readonly isUrl: boolean;
}

/**
 * The input `host`: a name or an address. Brackets around IPv6 and the last dot of a name are understood; what belongs
 * into other inputs is refused with the values to give there.
 */
export function parseHost(input: InputReader): string {
  const text = input.text('host');
  if (text === '') {
    input.empty(
      ['host'],
      'the name or address of the machine is required ("localhost" without a key: the runner itself)',
    );
    return text;
  }
  const problem = oddities(text);
  if (problem) {
    input.problem(['host'], `${quoted(text)} ${problem}`);
    return text;
  }
  const address = readAddress(text);
  const host = address && understood(address.host);
  if (!address || host === undefined) {
    input.problem(
      ['host'],
      `${quoted(text)} is not a host name or an IP address, without user, port or "ssh://"`,
    );
    return text;
  }
  const { user, port, isUrl } = address;
  if (user === undefined && port === undefined && !isUrl) return host;
  const given = { host, username: user, port };
  const parts = Object.entries(given).filter(([, value]) => value !== undefined);
  const names = parts.map(([name]) => name) as InputName[];
  const values = parts.map(([name, value]) => `${name} ${value}`).join(' and ');
  const what = isUrl ? 'a URL' : [user && 'a user', port && 'a port'].filter(Boolean).join(' and ');
  input.problem(names, `${quoted(text)} ${isUrl ? 'is' : 'holds'} ${what}; give ${values}`);
  return host;
}

/** The input `jump-host`: `user@host:port`, of which only the host must be given. */
export function parseJumpAddress(input: InputReader): { host?: string; user?: string; port?: number } {
  const text = input.text('jump-host');
  const refuse = (why: string) => {
    input.problem(['jump-host'], `${quoted(text)} ${why}`);
    return {};
  };
  const form = 'is not of the form user@host or user@host:port';
  if (/\S,\S/.test(text)) {
    return refuse(
      'names several jump hosts, and only one is taken; several go into proxy-command: ssh -W %h:%p -J FIRST LAST',
    );
  }
  const problem = oddities(text);
  if (problem) return refuse(problem);
  const address = readAddress(text);
  const host = address && understood(address.host);
  if (!address || host === undefined) return refuse(form);
  const { user, port = '22', isUrl } = address;
  if (isUrl)
    return refuse(`is a URL; give ${user ? `${user}@` : ''}${host}${port === '22' ? '' : `:${port}`}`);
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) return refuse(form);
  return { host, port: Number(port), ...(user === undefined ? {} : { user }) };
}

/** One of several machines: `[user@]name[:port]`, IPv6 in brackets where a port follows. Ports are within their range. */
export interface MachineAddress {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

/** What the input `host` lists: one machine a line, or with commas between them; a single text for one machine. */
export function machinesIn(text: string): string[] {
  // A key that was given to the wrong input has many lines, and none is ever shown.
  if (text.includes('PRIVATE KEY')) return [text];
  const items = text.split(/[\n,]/).map(item => item.trim());
  return items.filter(item => item !== '');
}

const NAME_FORM = 'host, user@host or user@host:port';
const IPV6_FORM = 'host or user@host; an IPv6 address with a port is written [ADDRESS]:PORT';

const isLikeIPv6 = (text: string) => text.includes('[') || text.split(':').length > 2;

/** One item of a list of machines. @returns undefined when it is wrong, which is noted then, as of the input `name` */
export function parseListedHost(
  input: InputReader,
  text: string,
  name: InputName = 'host',
): MachineAddress | undefined {
  const refuse = (why: string) => {
    input.problem([name], `${quoted(text)} ${why}`);
    return undefined;
  };
  const problem = oddities(text);
  if (problem) return refuse(problem);
  const address = readAddress(text);
  const host = address && understood(address.host);
  const port = address?.port === undefined ? undefined : Number(address.port);
  if (!address || host === undefined || (port !== undefined && !(port >= 1 && port <= 65_535)))
    return refuse(`is not of the form ${isLikeIPv6(text) ? IPV6_FORM : NAME_FORM}`);
  if (address.isUrl) return refuse(`is a URL; give ${host}`);
  return {
    host,
    ...(address.user === undefined ? {} : { user: address.user }),
    ...(port === undefined ? {} : { port }),
  };
}

/** What a URL may hold between user and host is a password. */
const quoted = (text: string) => shown(text.replace(/:[^:@/]+@/, ':…@'));

/** What makes the text no address at all, in words. */
function oddities(text: string): string | undefined {
  const invisible = INVISIBLE.exec(text)?.[0];
  if (invisible !== undefined) {
    const code = (invisible.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `holds a character that nobody sees (U+${code}); type it anew`;
  }
  if (text.includes('PRIVATE KEY')) return 'is not a host name or an IP address';
  if (/^["'`].*["'`]$/.test(text)) return 'has quotes around it; give it without them';
  if (/^[$%]|\$\{\{?|^<.*>$/.test(text)) return 'is a placeholder that nobody has replaced by its value';
  if (/[,;]$/.test(text)) return `ends with "${text.at(-1)}"; give it without`;
  if (/[\s,;]/.test(text))
    return 'is not one host name or IP address; several machines are given one a line, or with commas';
  return undefined;
}

function readAddress(text: string): Address | undefined {
  const pattern =
    /^(?:(?<scheme>[a-z][a-z0-9+.-]*):\/\/)?(?:(?<user>[^@/]*)@)?(?<rest>[^/?#]*)(?<path>[/?#].*)?$/i;
  const { scheme, user, rest = '', path } = pattern.exec(text)?.groups ?? {};
  // A password in a URL is never shown again.
  const name = user?.replace(/:.*$/s, '');
  if (name !== undefined && !USER.test(name)) return undefined;
  const isUrl = scheme !== undefined || path !== undefined;
  const withUser = { isUrl, ...(name === undefined ? {} : { user: name }) };
  if (isIP(rest)) return { ...withUser, host: rest };
  const parts = /^(?:\[(?<bracketed>[^\]]*)\]|(?<bare>[^:[\]]+))(?::(?<port>\d+))?$/.exec(rest)?.groups;
  if (!parts) return undefined;
  if (parts.bracketed !== undefined && !isIPv6(parts.bracketed)) return undefined;
  const host = parts.bracketed ?? parts.bare ?? '';
  return { ...withUser, host, ...(parts.port === undefined ? {} : { port: parts.port }) };
}

/** @returns the host as it is looked up; undefined when it can be none */
function understood(host: string): string | undefined {
  if (isIP(host)) return host;
  const name = host.replace(/\.$/, '');
  // Digits and dots alone are an IPv4 address, or a typing error in one: not a name that a resolver may complete.
  if (!NAME.test(name) || name.includes('..') || (/^[\d.]+$/.test(name) && !isIPv4(name))) return undefined;
  return name;
}
