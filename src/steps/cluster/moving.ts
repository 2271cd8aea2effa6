import type { Context } from '../../context.ts';
import { countOnTheMove } from '../../kafka/placement/read-placements.ts';
import { until } from '../../waiting.ts';
import { asAdmin } from '../deploy/topic.ts';

/** How often Kafka is asked whether it is done, and how often a reader is told. */
const EVERY_MS = 1000;
const NEWS_MS = 10_000;

/** Brokers hear of a change one after the other. */
const KNOWN_TIMEOUT_MS = 15_000;

/** Waits until what was changed is what the cluster says. At the deadline it just ends: the check that follows says what it finds. */
export const untilKnown = (context: Context, isDone: () => Promise<boolean>): Promise<true> =>
  until(context, async () => (await isDone()) || undefined, {
    ...{ everyMs: EVERY_MS, timeoutMs: KNOWN_TIMEOUT_MS, late: () => true as const },
  });

/** Waits until no partition is on its way to other brokers, as long as that takes: the run has a deadline of its own. */
export async function untilNoneMoves(context: Context, servers: readonly string[]): Promise<void> {
  const { clock, log } = context;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  const isDone = async () => {
    const left = await asAdmin(context, servers, countOnTheMove);
    if (left === 0) return true;
    if (clock.now() - toldAtMs >= NEWS_MS) {
      toldAtMs = clock.now();
      log.info(`partitions on their way: ${left}`);
    }
    return undefined;
  };
  await until(context, isDone, { everyMs: EVERY_MS });
}
