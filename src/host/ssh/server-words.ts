import type { Duplex } from 'node:stream';

/** Enough for greeting lines and the lists of algorithms, which a server sends before anything is encrypted. */
const KEPT_BYTES = 16_384;
const KEXINIT = 20;
/** Types of TLS records; the second byte is the major version, 3 for all of TLS. */
const TLS_ALERT = 21;
const TLS_HANDSHAKE = 22;
const LONGEST_SHOWN = 120;

/** What a server offers, in the order of RFC 4253, section 7.1. */
export interface OfferedAlgorithms {
  readonly kex: readonly string[];
  readonly hostKey: readonly string[];
  readonly cipher: readonly string[];
  readonly mac: readonly string[];
}

/**
 * The first that comes from the other side, in the clear. How far a handshake came, and who is there if it is no SSH
 * server at all, is told by nothing else.
 */
export class ServerWords {
  private bytes = Buffer.alloc(0);

  constructor(bytes = Buffer.alloc(0)) {
    this.bytes = bytes;
  }

  /** Listens beside the reader of a stream, from its first byte on. @returns what ends the listening */
  listen(stream: Duplex): () => void {
    const take = (chunk: Buffer) => {
      this.bytes = Buffer.concat([this.bytes, chunk]);
      if (this.bytes.length >= KEPT_BYTES) stop();
    };
    // A stream flows as soon as somebody listens: not before its reader does.
    const follow = (event: string | symbol) => {
      if (event !== 'data') return;
      stream.off('newListener', follow);
      stream.on('data', take);
    };
    const stop = () => {
      stream.off('newListener', follow);
      stream.off('data', take);
    };
    stream.on('newListener', follow);
    return stop;
  }

  get isSilent(): boolean {
    return this.bytes.length === 0;
  }

  /** The line by which an SSH server says what it is, e.g. `SSH-2.0-OpenSSH_8.7`. Other lines may come before it. */
  get identification(): string | undefined {
    return /^SSH-[^\r\n]{1,253}/m.exec(this.bytes.toString('latin1'))?.[0];
  }

  /** What else than SSH speaks there, if its first bytes tell. */
  get otherProtocol(): string | undefined {
    const text = this.bytes.toString('latin1');
    if (/^HTTP\/\d/.test(text) || /^\s*<(!doctype|html|head|\?xml)/i.test(text)) return 'HTTP';
    if ([TLS_ALERT, TLS_HANDSHAKE].includes(this.bytes[0] ?? 0) && this.bytes[1] === 3) return 'TLS';
    if (text.startsWith('RFB ')) return 'VNC';
    if (/^220[ -]/.test(text)) return 'SMTP or FTP';
    return undefined;
  }

  /** The beginning of what was said, fit for a message; '' when it is not text. */
  get text(): string {
    const line = this.bytes.toString('utf8').replaceAll(/\s+/g, ' ').trim();
    if (/[\p{Cc}\ufffd]/u.test(line)) return '';
    return line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}…` : line;
  }

  /** What the server offers; undefined when that did not arrive as a whole. */
  get offered(): OfferedAlgorithms | undefined {
    const line = /^SSH-[^\n]*\n/m.exec(this.bytes.toString('latin1'));
    if (!line) return undefined;
    const packet = this.bytes.subarray(line.index + line[0].length);
    try {
      // packet_length, padding_length, type, cookie, then name-lists.
      if (packet.readUInt8(5) !== KEXINIT) return undefined;
      const lists: string[][] = [];
      for (let at = 22; lists.length < 6; ) {
        const length = packet.readUInt32BE(at);
        if (at + 4 + length > packet.length) return undefined;
        lists.push(packet.toString('latin1', at + 4, at + 4 + length).split(','));
        at += 4 + length;
      }
      // Of each pair the first is what the client sends in; servers offer the same both ways.
      const [kex = [], hostKey = [], cipher = [], , mac = []] = lists;
      return { kex, hostKey, cipher, mac };
    } catch {
      return undefined;
    }
  }
}
