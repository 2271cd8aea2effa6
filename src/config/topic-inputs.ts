import type { WantedTopic } from '../kafka/wanted-topics.ts';
import { type InputReader, shown } from './input-reader.ts';
import { parseLines } from './line-inputs.ts';

/** Kafka's own rule for topic names (org.apache.kafka.common.internals.Topic). */
export const TOPIC_NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;
/** Kafka's own topics, of which it makes what it needs. */
const INTERNAL = /^__(consumer_offsets|transaction_state|cluster_metadata|share_group_state)$/;
const MOST_TOPICS = 200;
/** More in one topic is a mistake; a broker takes some thousands in all. */
const MOST_PARTITIONS = 1_000;
const MOST_REPLICAS = 100;

/** The input `topics`: `NAME[:PARTITIONS[:REPLICAS]] [SETTING=VALUE …]`, one a line; lines that begin with # are comments. */
export const parseTopics = (input: InputReader, mode: string): WantedTopic[] =>
  parseLines(input, 'topics', mode, {
    ...{ what: 'topics', done: 'made', not: 'makes none', most: MOST_TOPICS },
    read: readTopic,
    nameOf: ({ name }) => name,
  });

/** @throws Error that says what is wrong with the line */
function readTopic(line: string): WantedTopic {
  const [what = '', ...pairs] = line.split(/\s+/);
  const [name = '', partitions, replicas, ...more] = what.split(':');
  if (!TOPIC_NAME.test(name))
    throw new Error(
      `${shown(name)} is not a topic name: up to 249 letters, digits, dots, dashes and underscores`,
    );
  if (INTERNAL.test(name)) throw new Error(`${name} is Kafka's own`);
  if (more.length > 0) throw new Error('it takes NAME:PARTITIONS:REPLICAS and no more colons');
  return {
    name,
    partitions: readCount('PARTITIONS', partitions, MOST_PARTITIONS),
    replicas: readCount('REPLICAS', replicas, MOST_REPLICAS),
    settings: readSettings(pairs),
  };
}

function readCount(what: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined || text === '') return undefined;
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > most)
    throw new Error(`${what} is ${shown(text)}, not a whole number from 1 to ${most}`);
  return count;
}

function readSettings(pairs: readonly string[]): Map<string, string> {
  const settings = new Map<string, string>();
  for (const pair of pairs) {
    const [, name = '', value = ''] = /^([a-z][a-z0-9.]*)=(.+)$/.exec(pair) ?? [];
    if (name === '')
      throw new Error(`${shown(pair)} is not of the form SETTING=VALUE, e.g. retention.ms=60000`);
    if (settings.has(name)) throw new Error(`${name} is set twice`);
    settings.set(name, value);
  }
  return settings;
}
