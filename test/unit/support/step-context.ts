import type { Clock } from '../../../src/clock.ts';
import type { StepContext } from '../../../src/steps/step.ts';
import { InstantClock } from './clocks.ts';
import { RecordingLog } from './recording-log.ts';
import { type Script, ScriptedHost } from './scripted-host.ts';

/** What a step works with, on a machine that answers from a table. */
export function scriptedContext(script: Script, clock: Clock = new InstantClock()) {
  const host = new ScriptedHost(script);
  const log = new RecordingLog();
  const context: StepContext = { host, log, clock, signal: new AbortController().signal };
  return { host, log, context };
}
