import type { Context } from '../../context.ts';
import type { ErrorCode } from '../../error-codes.ts';
import { type ActionError, actionErrorIn, reasonOf } from '../../errors.ts';
import { lostConnection } from '../../host/reachable.ts';
import { isOfMissingTopic } from '../topic.ts';

/** What ended a round trip before every message was back. */
export interface Interruption {
  readonly reason: string;
  /** Where it has a code of its own. */
  readonly code?: ErrorCode;
  /** What to do next, where it knows better than its code. */
  readonly hint?: string;
  /** Nothing can be asked any more. */
  readonly isConnectionLost: boolean;
}

/** Why something with Kafka ended early: its clients cannot tell a broker that restarts from a machine that is gone. */
export async function explainInterruption(context: Context, error: unknown): Promise<Interruption> {
  const own = actionErrorIn(error);
  if (own) return interruptionBy(own, own.message);
  const lost = await lostConnection(context.host, context);
  if (lost) return interruptionBy(lost, `${reasonOf(error)}; ${lost.message}`);
  const code = isOfMissingTopic(error) ? 'topic-not-found' : undefined;
  return { reason: reasonOf(error), code, isConnectionLost: false };
}

/** A connection that was there, and cannot be made again, is lost, whatever the words. */
function interruptionBy({ code, hint }: ActionError, reason: string): Interruption {
  const isConnectionLost = code.startsWith('ssh-') || code === 'proxy-command-failed';
  const isGone = code === 'ssh-unreachable' || code === 'ssh-host-unknown';
  if (isGone) return { reason, code: 'ssh-connection-lost', isConnectionLost };
  return { reason, code, hint, isConnectionLost };
}
