import type { DrillGroup } from './support/drill-case.ts';

/** All that is tried, in the order of docs/drill.md. Each group has a file in cases/. */
export const GROUPS: readonly DrillGroup[] = [];
