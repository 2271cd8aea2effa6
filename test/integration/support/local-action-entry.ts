import { join } from 'node:path';
import { run as runAction } from '../../../src/action/run.ts';

/** The entry that @github/local-action calls; its own toolkit stands in for @actions/core. */
export const run = (): Promise<void> => runAction(join(import.meta.dirname, '..', '..', '..'));
