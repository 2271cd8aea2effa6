import type { DrillGroup } from '../support/drill-case.ts';
import { CLOCK } from './troubles/clock.ts';
import { CONTAINERS_OF_OTHERS } from './troubles/containers-of-others.ts';
import { DISKS } from './troubles/disks.ts';
import { ENGINE } from './troubles/engine.ts';
import { PACKAGES } from './troubles/packages.ts';
import { PROGRAMS } from './troubles/programs.ts';

/** The machine's own troubles, on a machine with a cluster that passed. */
export const TROUBLES: DrillGroup = {
  name: 'troubles',
  machine: 'deployed',
  cases: [...DISKS, ...ENGINE, ...CONTAINERS_OF_OTHERS, ...PROGRAMS, ...CLOCK],
};

/** The same, where Docker is still to be installed. */
export const TROUBLES_BARE: DrillGroup = { name: 'troubles-bare', machine: 'bare', cases: PACKAGES };
