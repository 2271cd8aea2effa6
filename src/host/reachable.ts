import { ActionError, actionErrorIn, reasonOf } from '../errors.ts';
import { type Waiting, within } from '../waiting.ts';
import type { Host } from './host.ts';

/** A machine that works answers in milliseconds; one that connects again, in a second or two. */
const PATIENCE_MS = 8_000;

/**
 * Asks a machine for a sign of life. When something that goes by way of it does not answer, this tells whether the connection
 * to the machine is to blame.
 *
 * @returns nothing when it answers; otherwise the error, `ssh-connection-lost` unless there is a better word for it
 * @throws the signal's reason
 */
export async function lostConnection(
  host: Host,
  { clock, signal }: Waiting,
): Promise<ActionError | undefined> {
  const asking = host.run({ argv: ['true'], timeoutMs: PATIENCE_MS });
  const late = () => {
    throw new Error(`no answer in ${PATIENCE_MS / 1000} s`);
  };
  try {
    await within(clock, PATIENCE_MS, asking, late, signal);
    return undefined;
  } catch (cause) {
    signal.throwIfAborted();
    const own = actionErrorIn(cause);
    // A key or a host key that is refused now is another matter than a machine that does not answer.
    if (own && /^(ssh-auth|ssh-host-key|proxy-command)/.test(own.code)) return own;
    return new ActionError(
      'ssh-connection-lost',
      `${host.name} does not answer any more: ${reasonOf(cause)}`,
      {
        cause,
      },
    );
  }
}
