import type { StoredRecord } from './deployment-records.ts';
import { agoOf } from './environments.ts';

/** An environment on the machine, and whether a sweep takes it down. */
export interface SweepChoice {
  readonly record: StoredRecord & { readonly environment: string };
  readonly goes: boolean;
  /** What speaks for it, as half a sentence. */
  readonly why: string;
}

interface Wanted {
  /** The machine's own time: it wrote the records' times. */
  readonly nowMs: number;
  readonly unusedForMs: number;
  /** To which an environment adds its name. */
  readonly project: string;
  /** The same; an absolute path. */
  readonly directory: string;
}

/** A clock that is read a moment after the other one may be this much behind. */
const TOLERANCE_MS = 60_000;

/**
 * Judges each environment by its record alone. Whatever is not sure stays, with the reason; a deployment without an environment is not
 * even looked at.
 */
export function chooseUnused(records: readonly StoredRecord[], wanted: Wanted): SweepChoice[] {
  return records.flatMap(record => (isOfEnvironment(record) ? [{ record, ...judge(record, wanted) }] : []));
}

const isOfEnvironment = (record: StoredRecord): record is SweepChoice['record'] =>
  record.environment !== undefined;

function judge(
  record: SweepChoice['record'],
  { nowMs, unusedForMs, project, directory }: Wanted,
): Pick<SweepChoice, 'goes' | 'why'> {
  const stays = (why: string) => ({ goes: false, why });
  const name = record.environment;
  if (record.project !== `${project}-${name}` || record.directory !== `${directory}-${name}`)
    return stays(
      `it is project ${record.project} in ${record.directory}, and this sweep is of ${project}-… in ${directory}-…: give its directory and project-name`,
    );
  if (record.usedAt === undefined) return stays('nothing on the machine tells when it was last used');
  const unusedMs = nowMs - Date.parse(record.usedAt);
  if (unusedMs < -TOLERANCE_MS)
    return stays(
      `its note is of ${record.usedAt}, which is still to come by the machine's clock (${new Date(nowMs).toISOString()})`,
    );
  return { goes: unusedMs >= unusedForMs, why: `last used ${agoOf(unusedMs)}` };
}
