import { ActionError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';

const OUT_OF_TIME =
  /certificate (?:is not yet valid|is not valid yet|has expired|is expired)|expired or is not yet valid|certificate expired/i;
/** What Go's programs say of the clock that they see: `current time 2019-01-01T00:00:00Z is before 2025-…`. */
const TOLD_TIME = /current time (\d{4}-\d\d-\d\dT\S+Z) is (?:before|after)/;
/** A certificate is out of time by hours at least; clocks differ by less for good reasons. */
const TOLERANCE_MS = 300_000;
const LOOK_TIMEOUT_MS = 5_000;
const LAST_MS = Date.UTC(9999, 11, 31);

/**
 * Finds out whether a certificate was refused only because the machine's clock is wrong.
 * @param nowMs the time by this computer's clock
 * @returns the error in its place, with the failure as its cause; undefined when the clock is right, or nothing was said of time
 */
export async function clockTrouble(
  host: Host,
  error: ActionError,
  nowMs: number = Date.now(),
): Promise<ActionError | undefined> {
  const text = [error.message, ...error.details].join('\n');
  if (!OUT_OF_TIME.test(text)) return undefined;
  const told = TOLD_TIME.exec(text)?.[1];
  const machineMs = told === undefined ? await askTime(host) : Date.parse(told);
  // What is no date, or one beyond the years that can be written, tells nothing.
  if (machineMs === undefined || !(Math.abs(machineMs) <= LAST_MS)) return undefined;
  if (Math.abs(machineMs - nowMs) <= TOLERANCE_MS) return undefined;
  const at = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  const side = machineMs < nowMs ? 'behind' : 'ahead of';
  return new ActionError(
    'clock-wrong',
    `the machine's clock says ${at(machineMs)}, ${distance(Math.abs(machineMs - nowMs))} ${side} the runner's (${at(nowMs)}), so certificates are refused; so this failed: ${error.message}`,
    { details: error.details, cause: error },
  );
}

async function askTime(host: Host): Promise<number | undefined> {
  try {
    const { stdout } = await host.run({ argv: ['date', '+%s'], timeoutMs: LOOK_TIMEOUT_MS });
    return /^\d+$/.test(stdout.trim()) ? Number(stdout) * 1000 : undefined;
  } catch {
    return undefined; // What failed first is what is told.
  }
}

function distance(ms: number): string {
  const hours = ms / 3_600_000;
  if (hours < 1) return `${Math.round(ms / 60_000)} minutes`;
  return hours < 48 ? `${Math.round(hours)} hours` : `${Math.round(hours / 24)} days`;
}
