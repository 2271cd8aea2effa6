import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { type Answer, LISTENER_PID } from './answers.ts';
import { unknown } from './unknown.ts';

/** What lies between the runner and a machine, in milliseconds: there and back, and how long a command takes. */
interface Delays {
  readonly roundTripMs: number;
  readonly commandMs: number;
}

/** An SSH server that runs nothing: a table has the answers. Whoever shows a key is let in. What it does not know ends the process. */
export class SshMachine {
  private readonly answer: (program: string, stdin: string) => Answer;
  private readonly services: ReadonlyMap<number, (connection: Duplex) => void>;
  private readonly delays: Delays;
  private readonly ssh: ssh2.Server;
  private readonly tcp: net.Server;
  /** Ends the listener of the ways. */
  private stopListener = () => {};

  /** @param services what answers at its own ports, by port */
  constructor(
    hostKey: string,
    answer: SshMachine['answer'],
    services: SshMachine['services'],
    delays: Delays,
  ) {
    this.answer = answer;
    this.services = services;
    this.delays = delays;
    this.ssh = new ssh2.Server({ hostKeys: [hostKey] }, client => this.welcome(client));
    this.tcp = net.createServer(socket => {
      socket.setNoDelay(true);
      this.ssh.injectSocket(new Distance(socket, delays.roundTripMs / 2) as unknown as net.Socket);
    });
  }

  /** @returns the port at 127.0.0.1 */
  async listen(): Promise<number> {
    this.tcp.listen(0, '127.0.0.1');
    await once(this.tcp, 'listening');
    return (this.tcp.address() as net.AddressInfo).port;
  }

  private welcome(client: Connection): void {
    client.on('error', () => {});
    client.on('authentication', context =>
      context.method === 'publickey' ? context.accept() : context.reject(['publickey']),
    );
    client.on('session', accept => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        void this.execute(programIn(command), acceptExec());
      });
    });
    client.on('tcpip', (accept, _reject, { destIP, destPort }) => {
      const serve = this.services.get(destPort) ?? (() => unknown(`a connection to ${destIP}:${destPort}`));
      serve(accept());
    });
  }

  private async execute(program: string, channel: ServerChannel): Promise<void> {
    if (program.includes(OPEN_SHELL)) return this.keepOpen(channel);
    const chunks: Buffer[] = [];
    channel.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(channel, 'end');
    await this.respond(program, Buffer.concat(chunks).toString(), channel);
    channel.exit(0);
    channel.end();
  }

  /** A shell that stays open: each line is a program, and they run one after the other. */
  private keepOpen(channel: ServerChannel): void {
    let running = Promise.resolve();
    const lines = createInterface({ input: channel });
    lines.on('line', line => {
      running = running.then(() => this.respond(decoded(line, /\\0([0-7]{3})/g), '', channel));
    });
    lines.on('close', () => {
      channel.exit(0);
      channel.end();
    });
  }

  private async respond(program: string, stdin: string, channel: ServerChannel): Promise<void> {
    const [, one = '', two = ''] = /^one=(\w+) two=(\w+)$/m.exec(program) ?? [];
    const mark = (name: string) => {
      channel.write(`${one}${two}o:${name};`);
      channel.stderr.write(`${one}${two}e:${name};`);
    };
    await sleep(this.delays.commandMs);
    const { stdout = '', exitCode = 0 } = this.answer(program, stdin);
    mark('shell');
    mark('command');
    channel.write(stdout);
    if (stdout.startsWith(`{"pid":${LISTENER_PID},`))
      await new Promise<void>(resolve => {
        this.stopListener = resolve;
      });
    if (program.includes(` kill ${LISTENER_PID}`)) this.stopListener();
    mark(`end:${exitCode}`);
  }
}

/** Of the program of a shell that stays open: see `openShellText`. */
const OPEN_SHELL = 'while IFS= read -r line; do (eval ';

/** The program in what was sent: see `loginShellText`. */
function programIn(command: string): string {
  const encoded = command.slice(command.lastIndexOf(" sh '") + 5, -1);
  return Buffer.from(decoded(encoded, /@0([0-7]{3})/g), 'latin1').toString();
}

/** @param byte how a byte is written, by three octal digits */
const decoded = (text: string, byte: RegExp): string =>
  text.replaceAll(byte, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** What goes through arrives later, in either direction. */
class Distance extends Duplex {
  private readonly socket: net.Socket;
  private readonly delayMs: number;

  constructor(socket: net.Socket, delayMs: number) {
    super();
    this.socket = socket;
    this.delayMs = delayMs;
    socket.on('data', chunk => setTimeout(() => this.push(chunk), delayMs));
    socket.on('end', () => setTimeout(() => this.push(null), delayMs));
    socket.on('error', () => this.destroy());
    socket.on('close', () => setTimeout(() => this.destroy(), delayMs));
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    setTimeout(() => this.socket.write(chunk), this.delayMs);
    done();
  }

  override _final(done: () => void): void {
    setTimeout(() => this.socket.end(), this.delayMs);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket.destroy();
    done(error);
  }
}
