import type { Service } from './model.ts';

/**
 * False for two services that no profile starts both: variants of one another.
 * Source: https://docs.docker.com/compose/how-tos/profiles/
 */
export const runTogether = (a: Service, b: Service): boolean =>
  a.profiles.length === 0 ||
  b.profiles.length === 0 ||
  a.profiles.some(profile => b.profiles.includes(profile));
