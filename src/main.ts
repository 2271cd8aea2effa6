import './dirname.ts';
import { dirname } from 'node:path';
import { run } from './action/run.ts';

await run(dirname(import.meta.dirname));
