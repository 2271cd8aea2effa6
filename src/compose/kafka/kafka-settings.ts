import type { EnvironmentEntry, Service } from '../reader/model.ts';
import type { Text } from '../reader/value.ts';
import aliases from './bitnami-aliases.json' with { type: 'json' };
import type { ImageFamily } from './images.ts';

/** A Kafka setting that an environment variable carries. */
export interface Setting {
  /** As Kafka knows it: `advertised.listeners`. */
  readonly key: string;
  readonly value: Text;
  readonly entry: EnvironmentEntry;
  /** The variable's name as it was meant: white space in it made underscores. */
  readonly variable: string;
}

const PREFIXES: Readonly<Record<ImageFamily, string>> = {
  confluent: 'KAFKA_',
  'confluent-local': 'KAFKA_',
  apache: 'KAFKA_',
  bitnami: 'KAFKA_CFG_',
  wurstmeister: 'KAFKA_',
  zookeeper: 'ZOO_',
};

/** Variables that Bitnami's image reads besides those with its prefix, by the setting that it makes of them. */
const BITNAMI_ALIASES: ReadonlyMap<string, string> = new Map([
  ...aliases.sameName.map(name => [`KAFKA_${name}`, name.toLowerCase().replaceAll('_', '.')] as const),
  ...Object.entries(aliases.otherName),
]);

/** True for one of Bitnami's variables without its prefix. */
export const isBitnamiAlias = (variable: string): boolean => BITNAMI_ALIASES.has(variable);

/** The variable that carries a setting in an image of this kind. */
export const variableFor = (key: string, family: ImageFamily): string =>
  settingVariable(key, PREFIXES[family]);

/** The name that was meant by one with white space in it: Docker hands such a variable on, and no image reads it. */
export const intendedName = (name: string): string => name.trim().replaceAll(/\s+/g, '_');

/**
 * The Kafka setting that an image makes of a variable: `KAFKA_A_B_C` is `a.b.c`, `__` is `_`, `___` is `-`.
 * Source: https://docs.confluent.io/platform/current/installation/docker/config-reference.html
 */
export function settingKey(variable: string, prefix: string): string | undefined {
  if (!variable.startsWith(prefix) || variable.length === prefix.length) return undefined;
  const signs = ['', '.', '_', '-'];
  return variable
    .slice(prefix.length)
    .toLowerCase()
    .replaceAll(/_{1,3}/g, underscores => signs[underscores.length] ?? underscores);
}

/** The variable that carries a setting. */
export function settingVariable(key: string, prefix: string): string {
  const signs: Readonly<Record<string, string>> = { '.': '_', _: '__', '-': '___' };
  return prefix + key.replaceAll(/[._-]/g, sign => signs[sign] ?? sign).toUpperCase();
}

/** Settings of a service by Kafka's name. A variable with white space in its name counts as what was meant. */
export function readSettings(service: Service, family: ImageFamily): Map<string, Setting> {
  const settings = new Map<string, Setting>();
  const add = (entry: EnvironmentEntry, variable: string) => {
    const alias = family === 'bitnami' ? BITNAMI_ALIASES.get(variable) : undefined;
    const key = alias ?? settingKey(variable, PREFIXES[family]);
    if (key !== undefined) settings.set(key, { key, value: entry.value, entry, variable });
  };
  const entries = [...service.environment.values()];
  for (const entry of entries.filter(({ name }) => intendedName(name) !== name))
    add(entry, intendedName(entry.name));
  // A name without white space is one that the image reads: it wins. So does a short name of Bitnami's, which is copied over the long.
  const read = entries.filter(({ name }) => intendedName(name) === name);
  for (const entry of read.filter(({ name }) => !BITNAMI_ALIASES.has(name))) add(entry, entry.name);
  for (const entry of read.filter(({ name }) => BITNAMI_ALIASES.has(name))) add(entry, entry.name);
  return settings;
}
