import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import ssh2, { type AuthContext, type Connection, type PublicKeyAuthContext, type ServerChannel } from 'ssh2';
import { onTestFinished } from 'vitest';
import type { KeyPair } from './ssh-keys.ts';

interface ServerOptions {
  /** The keys that the machine shows. */
  readonly hostKeys: readonly KeyPair[];
  /** Host key algorithms, the server's favourite first; by default all. */
  readonly algorithms?: readonly string[];
  /** The only key exchanges, ciphers or MACs that it takes. */
  readonly only?: Readonly<Partial<Record<'kex' | 'cipher' | 'hmac', readonly string[]>>>;
  /** Public keys that may sign in. */
  readonly authorized: readonly KeyPair[];
  /** So many attempts are refused before the authorized key is in place. */
  readonly refuseFirst?: number;
  /** Every command breaks the connection: stands for a machine that restarts. */
  readonly dropAtCommand?: boolean;
  /** By default any that is free. */
  readonly port?: number;
  readonly forwarding?: 'allowed' | 'prohibited' | 'silent';
  /** Where a port of the machine really is; by default at its own number. */
  readonly ports?: ReadonlyMap<number, number>;
  /** What else than a plain key decides about a sign-in; by default nothing. */
  readonly signIn?: 'second-factor' | 'password-only' | 'known-but-refused' | 'ended';
  /** Sessions that a connection may have at a time (MaxSessions); by default any number. */
  readonly maxSessions?: number;
  /** Every command ends with this code before it has run, and all of that comes in one packet. */
  readonly endsAtOnce?: number;
  /** What the login shell runs: a script, with the command that was asked for as $1. By default it runs that. */
  readonly loginShell?: string;
}

/** A command with this text in it breaks the connection once it has written something. */
export const DROP = 'drop-this-connection';

/** A real SSH server in this process, which runs commands by `sh -c` and connects to any address, as sshd does. */
export class SshServer {
  /** Connections that completed their handshake. */
  connections = 0;
  /** Sign-ins that were asked for. */
  signIns = 0;
  /** Questions whether an authorized key would do. */
  private questions = 0;
  /** TCP connections that were asked for. */
  forwards = 0;
  /** Sessions that were open at a time, at most. */
  sessionsAtMost = 0;
  /** The commands as they came over the wire. */
  readonly commands: string[] = [];
  private readonly options: ServerOptions;
  private readonly server: ssh2.Server;
  private readonly clients = new Set<Connection>();
  private readonly children = new Set<ChildProcess>();

  private constructor(options: ServerOptions) {
    this.options = options;
    const config = {
      hostKeys: options.hostKeys.map(({ privateKey }) => privateKey),
      algorithms: {
        ...(options.algorithms ? { serverHostKey: options.algorithms } : {}),
        ...options.only,
      },
    };
    this.server = new ssh2.Server(config as ssh2.ServerConfig, client => this.welcome(client));
  }

  /** Starts a server that is stopped after the test. */
  static async start(options: ServerOptions): Promise<SshServer> {
    const server = new SshServer(options);
    await server.listen();
    onTestFinished(() => server.stop());
    return server;
  }

  /** A port that was closed just now may still be held, for a moment, by a child that another test is starting. */
  private async listen(): Promise<void> {
    for (;;) {
      try {
        this.server.listen(this.options.port ?? 0, '127.0.0.1');
        await once(this.server, 'listening');
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
        await new Promise(resolve => setTimeout(resolve, 20));
      }
    }
  }

  /** Connections that are open now. */
  get open(): number {
    return this.clients.size;
  }

  get port(): number {
    return (this.server.address() as net.AddressInfo).port;
  }

  /** Breaks every connection, as a restart of the machine does. */
  dropConnections(): void {
    for (const client of this.clients) socketOf(client).destroy();
  }

  async stop(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    this.dropConnections();
    if (this.server.address()) await new Promise<void>(resolve => this.server.close(() => resolve()));
  }

  private welcome(client: Connection): void {
    this.connections++;
    this.clients.add(client);
    // As sshd does: small answers are not held back.
    socketOf(client).setNoDelay(true);
    client.on('error', () => {});
    client.on('close', () => this.clients.delete(client));
    client.on('authentication', context => this.signIn(context, client));
    let sessions = 0;
    client.on('session', (accept, reject) => {
      if (sessions >= (this.options.maxSessions ?? Number.POSITIVE_INFINITY)) return void reject();
      sessions++;
      this.sessionsAtMost = Math.max(this.sessionsAtMost, sessions);
      const session = accept();
      session.on('exec', (accept, _reject, { command }) => {
        const { endsAtOnce } = this.options;
        if (endsAtOnce !== undefined) {
          const socket = socketOf(client);
          socket.cork();
          const channel = accept();
          channel.exit(endsAtOnce);
          channel.end();
          setTimeout(() => socket.uncork(), 20);
          return;
        }
        this.execute(command, accept(), client, () => sessions--);
      });
    });
    client.on('tcpip', (accept, reject, { destIP, destPort }) => {
      const { forwarding = 'allowed' } = this.options;
      this.forwards++;
      if (forwarding === 'silent') return;
      if (forwarding === 'prohibited') {
        refuseAsOpenSsh(client, reject);
        return;
      }
      const socket = net.connect({ host: destIP, port: this.options.ports?.get(destPort) ?? destPort });
      socket.once('error', () => reject());
      socket.once('connect', () => {
        const channel = accept();
        socket.removeAllListeners('error').on('error', () => channel.destroy());
        channel.on('error', () => socket.destroy()).on('close', () => socket.destroy());
        socket.pipe(channel).pipe(socket);
      });
    });
  }

  private signIn(context: AuthContext, client: Connection): void {
    const { signIn } = this.options;
    if (context.method !== 'publickey') {
      context.reject(signIn === 'password-only' ? ['password'] : ['publickey']);
      return;
    }
    if (context.signature) this.signIns++;
    if (!this.isAccepted(context)) context.reject();
    else if (!context.signature || signIn === undefined) context.accept();
    else if (signIn === 'second-factor') context.reject(['keyboard-interactive'], true);
    else if (signIn === 'known-but-refused') context.reject(['publickey']);
    else socketOf(client).end();
  }

  private isAccepted({ key, signature, blob, ...context }: PublicKeyAuthContext): boolean {
    const { authorized, refuseFirst = 0 } = this.options;
    const data = Buffer.from(key.data);
    if (!authorized.some(({ publicKey }) => publicKey.split(' ')[1] === data.toString('base64')))
      return false;
    // The first question is only whether the key would do; the second is signed. sshd refuses an unknown key at the first.
    if (!signature || !blob) return ++this.questions > refuseFirst;
    const parsed = ssh2.utils.parseKey(data);
    if (parsed instanceof Error) return false;
    return parsed.verify(blob, signature, (context as { hashAlgo?: string }).hashAlgo as never) === true;
  }

  /** @param ended called when the program has ended: sshd counts those that run, however their channels are closed */
  private execute(command: string, channel: ServerChannel, client: Connection, ended: () => void): void {
    this.commands.push(command);
    if (this.options.dropAtCommand) {
      socketOf(client).destroy();
      return;
    }
    const { loginShell = 'eval "exec $1"' } = this.options;
    const child = spawn('sh', ['-c', loginShell, 'sh', command], { stdio: 'pipe' });
    this.children.add(child);
    channel.pipe(child.stdin);
    child.stdin.on('error', () => {});
    child.stdout.on('data', chunk => channel.write(chunk));
    child.stderr.on('data', chunk => channel.stderr.write(chunk));
    if (command.includes(DROP)) child.stdout.once('data', () => socketOf(client).destroy());
    child.once('exit', (code, signal) => {
      if (signal) channel.exit(signal.slice(3) as never);
      else channel.exit(code ?? 0);
    });
    // What the command has left in the background keeps the outputs open.
    child.once('close', () => {
      this.children.delete(child);
      ended();
      channel.end();
    });
  }
}

const socketOf = (client: Connection) => (client as unknown as { _sock: net.Socket })._sock;

/** What sshd answers with `AllowTcpForwarding no`: reason 1, "administratively prohibited", described as "open failed". */
function refuseAsOpenSsh(client: Connection, reject: () => void): void {
  const protocol = (client as unknown as { _protocol: { channelOpenFail: (...words: unknown[]) => void } })
    ._protocol;
  const { channelOpenFail } = protocol;
  protocol.channelOpenFail = recipient => channelOpenFail.call(protocol, recipient, 1, 'open failed');
  reject();
}
