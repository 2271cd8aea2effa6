import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Duplex, Writable } from 'node:stream';
import { systemClock } from '../../clock.ts';
import { lastLines } from '../../errors.ts';
import { within } from '../../waiting.ts';
import { withoutInputs } from '../child-env.ts';
import { endTree, shellCall } from './runner-shell.ts';
import type { SshTarget } from './target.ts';

const LAST_WORDS_MS = 500;
/** How a shell tells that a command ended by SIGTERM. */
const TERMINATED = 143;

/** A running proxy command. */
export interface ProxyCommand {
  /** Its standard input and output: the connection to the SSH port. */
  readonly stream: Duplex;
  /** What it said on standard error, for the message when it fails. */
  lastWords(): Promise<string[]>;
  /** How it ended, e.g. `exit code 1`; undefined while it runs. */
  ending(): Promise<string | undefined>;
  /** Ends it and whatever it started. */
  close(): void;
}

/**
 * Starts a proxy command as OpenSSH does (ssh_config(5), ProxyCommand): by the system's shell, with `%h`, `%p`, `%r` and `%%`
 * replaced by the host, the port, the user and a percent sign.
 * @param platform of the runner
 */
export function startProxyCommand(
  command: string,
  target: SshTarget,
  env: NodeJS.ProcessEnv,
  platform = process.platform,
): ProxyCommand {
  const tokens: Record<string, string> = {
    h: target.host,
    p: `${target.port}`,
    r: target.username,
    '%': '%',
  };
  const line = command.replaceAll(/%([hpr%])/g, (_, token: string) => tokens[token] ?? '');
  const { file, args, options } = shellCall(line, { platform, env });
  const child = spawn(file, args, { ...options, env: withoutInputs(env), stdio: ['pipe', 'pipe', 'pipe'] });
  let isClosed = false;
  let isEndedByUs = false;
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4096);
  });
  const stream = Duplex.from({ readable: child.stdout, writable: inputOf(child) });
  child.once('error', error => stream.destroy(error));
  // The SSH client sees a fault of these as a closed connection; an error without a listener would end the process.
  for (const end of [stream, child.stdin, child.stdout]) end.on('error', () => {});
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  // Its standard output ends before its standard error has arrived. A process takes real time, whatever clock the run has.
  const settled = () => within(systemClock, LAST_WORDS_MS, ended, () => {});
  return {
    stream,
    lastWords: async () => {
      await settled();
      return lastLines(words, 5);
    },
    ending: async () => {
      await settled();
      const { exitCode, signalCode } = child;
      // That was us: the shell ends by the signal, or tells in its exit code that what it ran did. Windows has no signals.
      if (isEndedByUs && platform === 'win32') return undefined;
      if (isClosed && (signalCode === 'SIGTERM' || exitCode === TERMINATED)) return undefined;
      return exitCode === null ? (signalCode ?? undefined) : `exit code ${exitCode}`;
    },
    close: () => {
      isClosed = true;
      stream.destroy();
      if (child.pid === undefined || child.exitCode !== null) return;
      isEndedByUs = true;
      endTree(child.pid, { platform, env });
    },
  };
}

/** A command that no longer listens may still have something to say: what it cannot be told does not end the stream. */
function inputOf({ stdin }: ChildProcessWithoutNullStreams): Writable {
  return new Writable({
    write: (chunk, _encoding, done) => {
      stdin.write(chunk, () => done());
    },
    final: done => {
      stdin.end(() => done());
    },
    destroy: (error, done) => {
      stdin.destroy();
      done(error);
    },
  });
}
