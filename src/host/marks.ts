import { randomBytes } from 'node:crypto';
import type { OutputCollector } from './output.ts';

/**
 * What tells the answer of one command from all else that comes over its connection: `TOKENo:NAME;` on the standard output and
 * `TOKENe:NAME;` on the standard error, where NAME is `shell` (our shell runs), `command` (the command itself begins) or
 * `end:CODE`.
 */
export interface Marks {
  /** Together they are the token. */
  readonly halves: readonly [string, string];
  readonly token: string;
}

/** Marks that no other command has. */
export function newMarks(): Marks {
  const half = () => randomBytes(6).toString('hex');
  const halves = [half(), half()] as const;
  return { halves, token: halves.join('') };
}

/** Longest name of a mark: `o:end:255;` and room for codes of other systems. */
const LONGEST_NAME = 24;
/** Enough for what a login shell has to say. */
const NOISE_BYTES = 16_384;

type Stage = 'login' | 'shell' | 'command' | 'end';

/** Reads one of the two outputs and keeps the answer apart from the noise before it and after it. */
export class AnswerReader {
  exitCode: number | undefined;
  /** The command began; it does not when sudo refuses it. */
  hasAnswer = false;
  private stage: Stage = 'login';
  private readonly token: Buffer;
  private readonly own: 'o' | 'e';
  private readonly answer: OutputCollector;
  /** What came at each stage and is no answer. */
  private readonly noise: Record<'login' | 'shell', Uint8Array> = {
    login: Buffer.alloc(0),
    shell: Buffer.alloc(0),
  };
  /** What may be the beginning of a mark. */
  private held: Buffer = Buffer.alloc(0);

  constructor({ token }: Marks, own: 'o' | 'e', answer: OutputCollector) {
    this.token = Buffer.from(token);
    this.own = own;
    this.answer = answer;
  }

  write(chunk: Buffer): void {
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    while (this.takeToMark()) {
      const after = this.held.subarray(this.token.length, this.token.length + LONGEST_NAME);
      const name = /^([oe]):(shell|command|end:(\d+));/.exec(after.toString('latin1'));
      // Our token, but no mark: a command that shows the commands of the machine, this one among them.
      if (!name) this.takeFirst(this.token.length);
      else {
        this.held = this.held.subarray(this.token.length + name[0].length);
        // That of the other output is passed over: a start file may have joined the two.
        if (name[1] === this.own) this.pass(name[2] ?? '', name[3]);
      }
    }
  }

  /** Nothing more comes. @returns the answer */
  close(): string {
    this.take(this.held);
    this.held = Buffer.alloc(0);
    return this.answer.end();
  }

  /** What came before the answer: from the login shell, or from sudo. */
  noiseOf(stage: 'login' | 'shell'): string {
    return Buffer.from(this.noise[stage]).toString();
  }

  /** Our shell runs, whatever becomes of the command. */
  get hasShell(): boolean {
    return this.stage !== 'login';
  }

  private pass(name: string, code: string | undefined): void {
    if (code !== undefined) this.exitCode = Number(code);
    if (name === 'command') this.hasAnswer = true;
    this.stage = code === undefined ? (name as Stage) : 'end';
  }

  /** Takes what is certainly before a mark. @returns whether a whole token, with a name or without, is what is left */
  private takeToMark(): boolean {
    const at = this.held.indexOf(this.token);
    this.takeFirst(at < 0 ? this.held.length - this.beginsMark() : at);
    return at >= 0 && (this.held.includes(';') || this.held.length >= this.token.length + LONGEST_NAME);
  }

  /** How many of the last bytes are the beginning of the token. */
  private beginsMark(): number {
    for (let length = Math.min(this.token.length - 1, this.held.length); length > 0; length--)
      if (this.held.subarray(-length).equals(this.token.subarray(0, length))) return length;
    return 0;
  }

  private takeFirst(length: number): void {
    this.take(this.held.subarray(0, length));
    this.held = this.held.subarray(length);
  }

  private take(bytes: Buffer): void {
    if (bytes.length === 0 || this.stage === 'end') return;
    if (this.stage === 'command') this.answer.write(bytes);
    else this.noise[this.stage] = joined(this.noise[this.stage], bytes);
  }
}

/** As much as is kept of noise, in a buffer of its own. */
function joined(noise: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (noise.length >= NOISE_BYTES) return noise;
  return Buffer.concat([noise, bytes.subarray(0, NOISE_BYTES - noise.length)]);
}
