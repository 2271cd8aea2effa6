import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Node lets garbage lie until there are hundreds of megabytes of it, which a large run makes in seconds: each message is a
 * dozen small objects and buffers in kafkajs. A runner may not have that much memory to spare. No option of node's can be
 * given here, since the action does not start its own process.
 *
 * @returns what collects the garbage now; it takes some 20 ms
 */
export function garbageCollector(): () => void {
  // Few young objects survive: their space need not grow.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
