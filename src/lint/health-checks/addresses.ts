import { programOf } from '../commands/missing-programs.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Options of Kafka's tools that name brokers. */
const BOOTSTRAP = /^--?(?:bootstrap-server|bootstrap-servers|broker-list|bootstrap-controller)(?:=(.*))?$/;

/** The addresses that a command asks, as far as it is one of the programs that are asked for here. */
export function addressesIn(words: readonly string[]): Address[] {
  const through = /\/dev\/tcp\/([^/\s]+)\/(\d+)/.exec(words.join(' '));
  if (through) return [addressOf(`${through[1]}:${through[2]}`)].flatMap(each => each ?? []);
  const name = programOf(words)?.replace(/^.*\//, '') ?? '';
  if (/^(?:nc|ncat|netcat)$/.test(name)) return ofNetcat(words);
  if (/^(?:curl|wget)$/.test(name)) return ofUrls(words);
  return /^(?:kafka-|zookeeper-shell)/.test(name) ? ofKafkaTool(words, name) : [];
}

function ofNetcat(words: readonly string[]): Address[] {
  const rest = words
    .slice(1)
    .filter((word, index, all) => !word.startsWith('-') && !/^-w$/.test(all[index - 1] ?? ''));
  const [host, port] = rest;
  return rest.length === 2 ? [addressOf(`${host}:${port}`)].flatMap(each => each ?? []) : [];
}

function ofUrls(words: readonly string[]): Address[] {
  return words.flatMap(word => addressOf(/^https?:\/\/([^/?#]+)/.exec(word)?.[1] ?? '') ?? []);
}

function ofKafkaTool(words: readonly string[], name: string): Address[] {
  if (name.startsWith('zookeeper-shell')) return [addressOf(words[1] ?? '')].flatMap(each => each ?? []);
  const at = words.findIndex(word => BOOTSTRAP.test(word));
  const value = BOOTSTRAP.exec(words[at] ?? '')?.[1] ?? (at < 0 ? '' : (words[at + 1] ?? ''));
  return value.split(',').flatMap(each => addressOf(each) ?? []);
}

function addressOf(text: string): Address | undefined {
  const [, host, port] = /^([\w.-]+):(\d{1,5})$/.exec(text.trim()) ?? [];
  return host !== undefined ? { host, port: Number(port) } : undefined;
}
