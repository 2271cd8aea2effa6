import { ATTACKS } from './cases/attacks.ts';
import { COMPRESSION } from './cases/codecs.ts';
import { CONNECTION } from './cases/connection.ts';
import { DOWN } from './cases/down.ts';
import { DOWNLOADS } from './cases/downloads.ts';
import { EXAMPLES } from './cases/examples.ts';
import { INTERRUPTIONS } from './cases/interruptions.ts';
import { JOINING } from './cases/joining.ts';
import { KEYS } from './cases/keys.ts';
import { LEAVING } from './cases/leaving.ts';
import { LINES } from './cases/lines.ts';
import { MACHINES } from './cases/machines.ts';
import { MIRROR_CASES } from './cases/mirror.ts';
import { RACKS } from './cases/racks.ts';
import { REFUSALS } from './cases/refusals.ts';
import { REPLACING } from './cases/replacing.ts';
import { RUNNER } from './cases/runner.ts';
import { SIGN_IN } from './cases/sign-in.ts';
import { SOAK } from './cases/soak.ts';
import { TALKING } from './cases/talking.ts';
import { TROUBLES, TROUBLES_BARE } from './cases/troubles.ts';
import { VERDICT } from './cases/verdict.ts';
import { VERSIONS } from './cases/versions.ts';
import { WAITING } from './cases/waiting.ts';
import type { DrillGroup } from './support/drill-case.ts';

/** All that is tried. Each group has a file in cases/; those that take longest come last. */
export const GROUPS: readonly DrillGroup[] = [
  ATTACKS,
  COMPRESSION,
  CONNECTION,
  DOWN,
  DOWNLOADS,
  EXAMPLES,
  KEYS,
  LINES,
  MACHINES,
  JOINING,
  LEAVING,
  MIRROR_CASES,
  RACKS,
  REFUSALS,
  REPLACING,
  RUNNER,
  SIGN_IN,
  TALKING,
  TROUBLES,
  TROUBLES_BARE,
  VERDICT,
  VERSIONS,
  WAITING,
  INTERRUPTIONS,
  SOAK,
];
