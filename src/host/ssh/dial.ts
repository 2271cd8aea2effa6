import { once } from 'node:events';
import net from 'node:net';
import { formatDuration, systemClock } from '../../clock.ts';
import { ActionError } from '../../errors.ts';
import { within } from '../../waiting.ts';
import { explainDialFailure } from './dial-errors.ts';
import type { SshTarget } from './target.ts';

/** How long an address may take to answer: four tries of TCP, which come after 1, 3 and 7 seconds. */
const ANSWER_MS = 10_000;
/** How long the first of several addresses may take before the next is tried beside it; node's own 250 ms are too short for a slow network. */
const NEXT_ADDRESS_MS = 2_500;

/**
 * Opens the TCP connection to the SSH port.
 * @throws ActionError `ssh-host-unknown` or `ssh-unreachable`, or the signal's reason
 */
export async function dial(target: SshTarget, signal: AbortSignal): Promise<net.Socket> {
  signal.throwIfAborted();
  const { host, port } = target;
  const socket = net.connect({
    host,
    port,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
  });
  let isResolved = net.isIP(host) > 0;
  socket.on('lookup', error => {
    isResolved ||= !error;
  });
  const late = (): never => {
    const waited = formatDuration(ANSWER_MS);
    if (isResolved) throw Object.assign(new Error(`no answer in ${waited}`), { code: 'ETIMEDOUT' });
    throw new ActionError('ssh-host-unknown', `no name server told the address of "${host}" in ${waited}`, {
      retriable: true,
    });
  };
  // Whoever reads from it sees its faults as well; an error without a listener would end the process.
  socket.on('error', () => {});
  try {
    // A network takes real time, whatever clock the run has.
    await within(
      systemClock,
      ANSWER_MS,
      once(socket, 'connect').then(() => undefined),
      late,
      signal,
    );
    // Small requests would otherwise wait for the acknowledgement of the one before (Nagle's algorithm).
    return socket.setNoDelay(true);
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    throw explainDialFailure(error, target);
  }
}
