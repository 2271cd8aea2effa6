import { DOWNLOADS } from './cases/downloads.ts';
import { INTERRUPTIONS } from './cases/interruptions.ts';
import { LINES } from './cases/lines.ts';
import { RUNNER } from './cases/runner.ts';
import { SOAK } from './cases/soak.ts';
import { WAITING } from './cases/waiting.ts';
import type { DrillGroup } from './support/drill-case.ts';

/** All that is tried. Each group has a file in cases/. */
export const GROUPS: readonly DrillGroup[] = [DOWNLOADS, LINES, RUNNER, INTERRUPTIONS, WAITING, SOAK];
