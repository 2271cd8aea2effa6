import type { Clock } from '../clock.ts';
import { within } from '../waiting.ts';

const TIMEOUT_MS = 5_000;

/** Disconnects a client, within five seconds: one whose broker hangs must not keep a failed or cancelled run from ending. */
export async function goodbye(client: { disconnect(): Promise<void> }, clock: Clock): Promise<void> {
  const gone = client.disconnect().catch(() => {});
  await within(clock, TIMEOUT_MS, gone, () => {});
}
