import type { Service } from '../reader/model.ts';
import { ownCommandText } from './own-program.ts';

/** The start script of Confluent's images, which makes the configuration from the environment and then runs the program. */
const CONFLUENT_START = /\/etc\/confluent\/docker\/run\b/;

/**
 * True where a command of one's own ends in the start script of Confluent's image and has not a word of some settings: what the image
 * makes of these stays as it is. Others it may make, so that a missing one is not known to be missing.
 */
export function startsImageWithout(service: Service, settings: RegExp): boolean {
  const text = ownCommandText(service);
  return CONFLUENT_START.test(text) && !settings.test(text);
}
