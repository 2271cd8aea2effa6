import { DOWNLOADS } from './cases/downloads.ts';
import type { DrillGroup } from './support/drill-case.ts';

/** All that is tried. Each group has a file in cases/. */
export const GROUPS: readonly DrillGroup[] = [DOWNLOADS];
