import './dirname.ts';
import { dirname } from 'node:path';
import { run } from './action/run.ts';

await run(dirname(import.meta.dirname));
// A handle that a library left open must not keep the job waiting until its time limit.
process.exit();
