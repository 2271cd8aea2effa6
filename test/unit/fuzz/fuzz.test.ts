import fc from 'fast-check';
import { describe, it } from 'vitest';
import { COMPOSE_FILES } from './compose-files.ts';
import { GIVEN_BY_USERS } from './given-by-users.ts';
import { MACHINES } from './machines.ts';

const TARGETS = [...GIVEN_BY_USERS, ...MACHINES, ...COMPOSE_FILES];
/** `script/fuzz` searches for so long, with seeds of its own; a test always tries the same inputs. */
const MINUTES = Number(process.env.FUZZ_MINUTES ?? 0);
const SEED = MINUTES > 0 ? Date.now() : 2026;
const LIMIT_MS = (MINUTES * 60_000) / TARGETS.length;
/** No input of this size is worth more of a user's time. */
const ONE_INPUT_MS = 2_000;

describe('whatever others have written is read without a fault of ours', () => {
  it.each(TARGETS)(
    '$name',
    async ({ input, take, runs }) => {
      const property = fc.asyncProperty(input, async value => {
        const startedAt = performance.now();
        await take(value);
        const tookMs = performance.now() - startedAt;
        if (tookMs > ONE_INPUT_MS) throw new Error(`one input took ${Math.round(tookMs)} ms`);
      });
      const long = { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: LIMIT_MS };
      await fc.assert(property, { seed: SEED, ...(MINUTES > 0 ? long : { numRuns: runs }) });
    },
    60_000 + 2 * LIMIT_MS,
  );
});
