import type { InputReader } from './input-reader.ts';

/** The way out of a network that has no other. */
export interface DownloadProxy {
  /** With its port, and the user name and password, if there are any: a secret. */
  readonly url: string;
  /** The same without user name and password, for messages. */
  readonly address: string;
  /** Names and addresses that are reached without it. */
  readonly exceptions: readonly string[];
}

/** The machine itself is never reached through a proxy. */
const OWN = ['localhost', '127.0.0.1', '::1'];

/** The inputs `http-proxy` and `no-proxy`. */
export function parseProxy(input: InputReader): DownloadProxy | undefined {
  const exceptions = parseExceptions(input);
  if (!input.has('http-proxy')) {
    if (exceptions.length > 0)
      input.problem(['no-proxy', 'http-proxy'], 'it names exceptions, and there is no proxy they are of');
    return undefined;
  }
  try {
    return { ...readProxy(input.text('http-proxy')), exceptions: [...new Set([...OWN, ...exceptions])] };
  } catch (error) {
    input.problem(['http-proxy'], (error as Error).message);
    return undefined;
  }
}

function parseExceptions(input: InputReader): string[] {
  const items = input.items('no-proxy');
  const wrong = items.find(item => !/^(?:\*|[A-Za-z0-9._:[\]-]+(?:\/\d{1,3})?)$/.test(item));
  if (wrong !== undefined)
    input.problem(
      ['no-proxy'],
      `${wrong.includes('@') ? 'an entry' : JSON.stringify(wrong.slice(0, 100))} is no name, address or range such as internal.example, .example or 10.0.0.0/8`,
    );
  return items;
}

/** @throws Error that says what is wrong, and nothing of what may be a password */
function readProxy(text: string): Omit<DownloadProxy, 'exceptions'> {
  const advice = text.includes('@')
    ? '; in a user name and a password, / is written %2F, @ is %40, # is %23, ? is %3F and % is %25'
    : '';
  const refusal = new Error(`it is not an http address such as http://proxy.example:3128${advice}`);
  if (!/^http:\/\//i.test(text) || /\s/.test(text) || !URL.canParse(text)) throw refusal;
  const url = new URL(text);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw refusal;
  // curl takes another port than the others where none is named.
  const place = `${url.hostname}:${url.port || '80'}`;
  const name = encoded(url.username);
  const credentials = url.password === '' ? name : `${name}:${encoded(url.password)}`;
  return { url: `http://${credentials === '' ? '' : `${credentials}@`}${place}`, address: `http://${place}` };
}

/** Everything but letters, digits and `-_.~` as numbers, which no shell and no file of systemd takes for more than itself. */
function encoded(part: string): string {
  const text = decoded(part);
  if (text === undefined)
    throw new Error(
      'its user name or password holds a % that begins no number such as %40; it is written %25',
    );
  // pip sends such a character in another encoding than curl does.
  if (/[^ -~]/.test(text))
    throw new Error('its user name or password holds more than letters, digits and signs of ASCII');
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * What nobody may see of the input `http-proxy`, whether it is right or wrong: the whole of it, and the password, when there is one.
 */
export function secretsOfProxy(text = ''): string[] {
  const [, credentials] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(.*)@/is.exec(text.trim()) ?? [];
  if (credentials === undefined) return [];
  const password = credentials.replace(/^[^:]*:?/, '');
  return [text.trim(), credentials, password, decoded(password) ?? ''].filter(each => each !== '');
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
