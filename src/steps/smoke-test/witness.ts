import type { Context } from '../../context.ts';
import { ActionError, reasonOf, toActionError } from '../../errors.ts';
import { type Incidents, incidentsBetween } from '../../machine/incidents.ts';
import { lookAt, type MachineLook } from '../../machine/machine-look.ts';
import { within } from '../../waiting.ts';
import { withRestartHint } from '../silent-services.ts';
import type { CheckResult, Step } from '../step.ts';
import type { SmokeTestOptions } from './options.ts';
import { isAboutMessages } from './round-trips.ts';

/** A machine that was restarted needs a while until it lets anyone in. */
const LOOK_TIMEOUT_MS = 60_000;
/** Failures that a broker's end explains: what they say themselves is only its consequence. */
const CONSEQUENCES: readonly string[] = [
  'round-trip-failed',
  'host-client-failed',
  'kafka-not-ready',
  'messages-unread',
];

/**
 * Looks at the machine and its containers before the smoke test and after each of its parts, which may run side by side. A broker
 * that was killed and came back, or a machine that was restarted, leaves only failures behind that do not tell of it.
 */
export class Witness {
  private readonly options: Pick<SmokeTestOptions, 'project' | 'cluster'>;
  private first: Promise<MachineLook | undefined> | undefined;
  private last: MachineLook | undefined;
  /** What was warned of: parts side by side see the same. */
  private readonly told = new Set<string>();

  constructor(options: Pick<SmokeTestOptions, 'project' | 'cluster'>) {
    this.options = options;
  }

  /** The same step, which tells what befell the machine meanwhile. */
  of(step: Step): Step {
    return { ...step, check: context => this.during(step, context) };
  }

  private async during(step: Step, context: Context): Promise<CheckResult> {
    this.first ??= this.look(context);
    const before = this.last ?? (await this.first);
    try {
      const result = await step.check(context);
      this.warn(sentencesOf(await this.incidents(context, before), context), context);
      return result;
    } catch (thrown) {
      context.signal.throwIfAborted();
      const error = await withRestartHint(toActionError(thrown), context, this.options);
      throw explained(error, await this.incidents(context, before), context);
    }
  }

  private warn(sentences: readonly string[], { log }: Context): void {
    for (const sentence of sentences.filter(each => !this.told.has(each))) {
      this.told.add(sentence);
      log.warning(`during the test ${sentence}`);
    }
  }

  private async incidents(context: Context, before: MachineLook | undefined): Promise<Incidents | undefined> {
    const after = await this.look(context);
    this.last = after;
    if (!before || !after) return undefined;
    const { host, clock, signal } = context;
    const found = incidentsBetween(host, before, after, this.options.cluster.members).catch(() => undefined);
    return within(clock, LOOK_TIMEOUT_MS, found, () => undefined, signal);
  }

  /** @returns undefined when the machine does not answer: what failed is told all the same */
  private look({ host, clock, signal, log }: Context): Promise<MachineLook | undefined> {
    const look = lookAt(host, this.options.project).catch(error => {
      log.debug(`the machine cannot be looked at: ${reasonOf(error)}`);
      return undefined;
    });
    return within(clock, LOOK_TIMEOUT_MS, look, () => undefined, signal);
  }
}

const restarted = ({ host }: Context) => `${host.name} was restarted`;

function sentencesOf(incidents: Incidents | undefined, context: Context): readonly string[] {
  if (!incidents) return [];
  return incidents.isMachineRestarted ? [restarted(context)] : incidents.sentences;
}

function explained(error: ActionError, incidents: Incidents | undefined, context: Context): ActionError {
  const sentences = sentencesOf(incidents, context);
  if (!incidents || sentences.length === 0) return error;
  const what = `during the test ${sentences.join('; ')}`;
  const { details, facts } = error;
  // What is proved of the messages stays the verdict, whatever else happened.
  if (isAboutMessages(error) && !CONSEQUENCES.includes(error.code))
    return error.with({ message: `${error.message}; ${what}` });
  if (incidents.isMachineRestarted) {
    return new ActionError(
      'ssh-connection-lost',
      `the connection was lost: ${what} (it runs under a new boot id)`,
      {
        hint: 'Find out who restarted it, on the machine: last -x reboot | head; journalctl --list-boots. Then run again: finished steps are not repeated.',
        details: [...details, error.message],
        cause: error,
        facts,
      },
    );
  }
  const message = `${what}; ${error.message}`;
  if (incidents.brokers.length === 0 || !CONSEQUENCES.includes(error.code)) return error.with({ message });
  return new ActionError('broker-down', message, {
    hint: `Look why it ended (sudo docker ps --all; sudo docker logs CONTAINER; sudo dmesg for memory), then run again.`,
    details,
    cause: error,
    facts,
  });
}
