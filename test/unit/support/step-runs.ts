import { runSteps } from '../../../src/steps/run.ts';
import { notYet, type Step, type StepName, satisfied } from '../../../src/steps/step.ts';
import { ManualClock } from './clocks.ts';
import { RecordingLog } from './recording-log.ts';
import { ScriptedHost } from './scripted-host.ts';
import { noKafka } from './step-context.ts';

/** The steps of these tests are called a, b and c. */
export const named = (name: string) => name as StepName;

/** A step on a thing that is there or not; `events` keeps what was done in which order. */
export function thing(
  name: string,
  needs: readonly string[],
  events: string[],
  more: Partial<Step> & { there?: boolean } = {},
): Step {
  let there = more.there ?? false;
  return {
    name: named(name),
    title: `Title of ${name}`,
    needs: needs.map(named),
    async check({ log }) {
      events.push(`check ${name}`);
      log.info(`looking at ${name}`);
      return there ? satisfied(`${name} is there`) : notYet(`${name} is missing`);
    },
    async apply() {
      events.push(`apply ${name}`);
      there = true;
    },
    ...more,
  };
}

/** Runs the steps on a clock that stands still. @param ahead those whose checks are asked at once */
export function run(
  steps: readonly Step[],
  signal = new AbortController().signal,
  ahead: readonly Step[] = [],
) {
  const log = new RecordingLog();
  const clock = new ManualClock();
  return {
    log,
    clock,
    outcome: runSteps(steps, { log, clock, signal, kafka: noKafka, host: new ScriptedHost([]) }, ahead),
  };
}

/** How each step ended, by its name. */
export const statusOf = (results: readonly { name: string; status: string }[]) =>
  Object.fromEntries(results.map(({ name, status }) => [name, status]));
