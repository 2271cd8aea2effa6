import type { Row } from './row.ts';
import { bare } from './rows/bare.ts';
import { converged } from './rows/converged.ts';
import { latency } from './rows/latency.ts';
import { lint } from './rows/lint.ts';
import { million } from './rows/million.ts';
import { older } from './rows/older.ts';
import { requests, requestsBare } from './rows/requests.ts';
import { scale } from './rows/scale.ts';
import { slow, slowBare } from './rows/slow.ts';

/** In the order of the table. */
export const ROWS: readonly Row[] = [
  bare,
  converged,
  million,
  older,
  lint,
  latency,
  slow,
  slowBare,
  requests,
  requestsBare,
  ...scale,
];
