import { ActionError, reasonOf } from '../../errors.ts';
import { disagreementIn } from './offer.ts';
import type { ServerWords } from './server-words.ts';
import type { SignIn } from './sign-in.ts';
import { explainEndedSignIn, explainRefusal } from './sign-in-errors.ts';
import { nameOf, type SshTarget } from './target.ts';

/** How far a handshake came before it failed. */
export interface Handshake {
  readonly words: ServerWords;
  readonly signIn: SignIn;
  /** The host key algorithms that were offered. */
  readonly hostKeyAlgorithms: readonly string[];
  /** The keys are exchanged: what follows is the sign-in. */
  readonly isEncrypted: boolean;
  /** How long it may take, in words. */
  readonly limit: string;
}

/** What the SSH library throws. */
interface LibraryError extends Error {
  readonly code?: string | number;
  /** Where it failed, e.g. `client-authentication`. */
  readonly level?: string;
}

type Ending = 'timeout' | 'reset' | 'closed' | 'fault';

/** sshd's words in place of its first line when it turns somebody away for a while. */
const TURNED_AWAY = /exceeded maxstartups|not allowed at this time|too many connections/i;

/**
 * A failed handshake in our words: nothing came, something else than SSH, no agreement, or a refused sign-in.
 * @returns ActionError, `retriable` when it may be better a moment later
 */
export function explainHandshakeFailure(
  thrown: unknown,
  target: SshTarget,
  handshake: Handshake,
): ActionError {
  if (thrown instanceof ActionError) return thrown;
  const error = thrown as LibraryError;
  if (error.level === 'client-authentication') return explainRefusal(error, target, handshake.signIn);
  const { words } = handshake;
  if (handshake.isEncrypted) return inSignIn(error, target, handshake);
  if (words.identification !== undefined) return inKeyExchange(error, target, handshake);
  return words.isSilent ? withoutWords(error, target, handshake.limit) : inOtherWords(error, target, words);
}

function endingOf({ level, code, message }: LibraryError): Ending {
  if (level === 'client-timeout') return 'timeout';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'reset';
  // node-ssh says the first of every connection that was closed, ssh2 the second of one without a server's first line.
  return /no response from server|connection lost before handshake/i.test(message) ? 'closed' : 'fault';
}

/** The TCP connection is there and not one byte came over it. */
function withoutWords(error: LibraryError, target: SshTarget, limit: string): ActionError {
  const name = nameOf(target);
  const ending = endingOf(error);
  const { port } = target;
  if (ending === 'timeout') {
    return unreachable(error, `${name} accepted the connection but did not say a word in ${limit}`, {
      hint: `An SSH server speaks first, so none is behind it: a load balancer, a proxy or a port forwarding whose machine does not run, another service at port ${port}, or an sshd that hangs (look at the machine's console: memory, disk). Raise connect-timeout for a machine that boots slowly.`,
    });
  }
  if (ending === 'fault') return unreachable(error, `${name} could not be reached: ${reasonOf(error)}`);
  const how = ending === 'reset' ? 'reset' : 'closed';
  return unreachable(error, `${name} accepted the connection and ${how} it at once, without a word`, {
    hint: `Something before or in sshd turns the runner away: too many connections at once (MaxStartups), fail2ban or a block list that knows the runner's address (/etc/hosts.deny), a load balancer without a healthy machine; or port ${port} is another service's.`,
  });
}

function inOtherWords(error: LibraryError, target: SshTarget, words: ServerWords): ActionError {
  const name = nameOf(target);
  const { text, otherProtocol } = words;
  if (TURNED_AWAY.test(text)) {
    return unreachable(error, `${name} turned the connection away: "${text}"`, {
      hint: 'sshd takes no more connections, or none from this address, for a while: MaxStartups and PerSourcePenalties in /etc/ssh/sshd_config. End what connects all the time, or wait.',
    });
  }
  const what = otherProtocol ? `: it is ${otherProtocol}` : '';
  const said = text ? `; it said "${text}"` : '';
  return unreachable(error, `not an SSH server answers for ${name}${what}${said}`, {
    hint: `Set port to the one of SSH, mostly 22: port ${target.port} is another service's.`,
    retriable: false,
  });
}

function inKeyExchange(error: LibraryError, target: SshTarget, handshake: Handshake): ActionError {
  const name = nameOf(target);
  const { words, hostKeyAlgorithms, limit } = handshake;
  const server = words.identification ?? '';
  const disagreement = disagreementIn(error, hostKeyAlgorithms, words.offered);
  if (disagreement) {
    const { part, setting, ours, theirs } = disagreement;
    const them = theirs ? `; it offers ${theirs.join(', ')}` : '';
    return failed(
      error,
      `${name} has no ${part} in common with this client, which takes ${ours.join(', ')}${them}`,
      {
        hint:
          setting === 'HostKeyAlgorithms'
            ? 'Give the machine an ED25519 host key: sudo ssh-keygen -A; sudo systemctl restart sshd. HostKeyAlgorithms in /etc/ssh/sshd_config must allow it.'
            : `Let the machine take one of them: ${setting} +${ours[0]} in /etc/ssh/sshd_config (on Amazon Linux the crypto policy sets it, too: update-crypto-policies --show), then: sudo systemctl reload sshd`,
      },
    );
  }
  if (!/^SSH-(2\.0|1\.99)-/.test(server)) {
    return failed(error, `${name} speaks an SSH that nobody should use any more: ${server}`, {
      hint: 'This action speaks SSH 2. Another machine or a network device may answer there: check host and port.',
    });
  }
  switch (endingOf(error)) {
    case 'timeout':
      return failed(
        error,
        `${name} answered as ${server} but did not complete the key exchange in ${limit}`,
        {
          hint: 'Mostly packets of full size are lost on the way (MTU of a VPN, a tunnel or an overlay network): lower the MTU of the runner, e.g. sudo ip link set dev eth0 mtu 1280. Otherwise the machine is starved: look at its load and memory.',
          retriable: true,
        },
      );
    case 'reset':
    case 'closed':
      return failed(error, `${name} answered as ${server} and ended the connection in the key exchange`, {
        hint: 'sshd says why on the machine: sudo journalctl -u sshd -n 20. A firewall that looks into connections may end them, too.',
        retriable: true,
      });
    case 'fault':
      return failed(error, `the key exchange with ${name} (${server}) failed: ${reasonOf(error)}`, {
        hint: 'Something on the way changes what is sent, or the server has a fault. On the machine: sudo journalctl -u sshd -n 20',
        retriable: true,
      });
  }
}

function inSignIn(error: LibraryError, target: SshTarget, { signIn, limit }: Handshake): ActionError {
  const ending = endingOf(error);
  if (ending === 'timeout') {
    return failed(
      error,
      `${nameOf(target)} did not answer the sign-in of user "${target.username}" in ${limit}`,
      {
        hint: 'sshd waits for something while it looks the user up: a home directory on a network file system, PAM, a directory service, AuthorizedKeysCommand. On the machine: sudo journalctl -u sshd -n 20',
        retriable: true,
      },
    );
  }
  const how =
    ending === 'fault' ? reasonOf(error) : `it ${ending === 'reset' ? 'reset' : 'closed'} the connection`;
  return explainEndedSignIn(error, target, signIn, how);
}

interface ErrorOptions {
  readonly hint?: string;
  readonly retriable?: boolean;
}

const unreachable = (cause: unknown, message: string, { hint, retriable = true }: ErrorOptions = {}) =>
  new ActionError('ssh-unreachable', message, { cause, hint, retriable });
const failed = (cause: unknown, message: string, options: ErrorOptions) =>
  new ActionError('ssh-handshake-failed', message, { cause, ...options });
