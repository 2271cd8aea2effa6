import type { Fault } from '../compose/reader/fault.ts';
import type { Service } from '../compose/reader/model.ts';

const KEYS = ['environment', 'env_file'];

/**
 * True for a service without variables in a project where variables stand one level too far left: they may be this service's, and Compose
 * refuses the file anyway.
 */
export const isMisplaced = ({ whole }: Service, faults: readonly Fault[]): boolean =>
  !KEYS.some(key => whole.entries.has(key)) &&
  faults.some(({ misplaced }) => misplaced !== undefined && KEYS.includes(misplaced));
