import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, stopMachine } from './lab.ts';

/** This machine stays up through all test files, so that the lab is not started anew for each. */
const ANCHOR = 'test-anchor';

/** Builds the lab if necessary, shows the progress, and starts it. Stops it after all tests. */
export default async function setup(): Promise<() => Promise<void>> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn(join(ROOT, 'lab', 'lab'), ['up', ANCHOR], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('close', code =>
      code === 0 ? resolve() : reject(new Error(`lab/lab up ended with exit code ${code}`)),
    );
  });
  return async () => {
    await stopMachine(ANCHOR);
  };
}
