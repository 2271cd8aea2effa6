/** A block of PEM, as `-----BEGIN LABEL-----` opens it. */
export interface PemBlock {
  /** E.g. `OPENSSH PRIVATE KEY`. */
  readonly label: string;
  /** The key between the two lines, in its own lines again; with the headers of an encrypted key in the old format. */
  readonly pem: string;
  /** What the body has that does not belong there; the key is damaged then. */
  readonly foreign?: string;
  /** Its last line, `-----END LABEL-----`, is missing. */
  readonly isCut: boolean;
}

/** A text in which keys were looked for. */
export interface KeyText {
  /** The text as it was meant: characters, line breaks and encodings repaired. */
  readonly text: string;
  readonly blocks: readonly PemBlock[];
}

/** Word processors and chat programs make longer dashes of two or three. */
const DASHES = '(?<![-\u2010-\u2015\u2212])[-\u2010-\u2015\u2212]{2,}';
const BLOCK = new RegExp(
  `${DASHES} *BEGIN ([A-Z0-9 ]+?) *${DASHES}([\\s\\S]*?)(?:(${DASHES} *END [A-Z0-9 ]+? *${DASHES})|$|(?=${DASHES} *BEGIN ))`,
  'g',
);
/** `openssh-key-v1` in base64, as every key in OpenSSH's own format begins. */
const OPENSSH_MAGIC = 'b3BlbnNzaC1rZXktdjE';
/** Twice: a file may have been encoded by the user and by the tool that carried it. */
const MOST_ENCODINGS = 2;

/** Finds the keys in what people store in a secret or a file, whatever happened to it on the way. */
export function findBlocks(given: string): KeyText {
  let text = plain(given);
  for (let round = 0; round < MOST_ENCODINGS && !BLOCK_START.test(text); round++) {
    const decoded = decodedBase64(text);
    if (decoded === undefined) break;
    text = plain(decoded);
  }
  const blocks = [...text.matchAll(BLOCK)].map(([, label = '', body = '', end]) =>
    blockOf(label.replaceAll(/ +/g, ' '), body, end === undefined),
  );
  return { text, blocks };
}

const BLOCK_START = new RegExp(`${DASHES} *BEGIN `);

/** The same text in plain characters, with real line breaks. */
function plain(given: string): string {
  let text = given
    // UTF-16 that was read as UTF-8, zero-width characters, byte order marks.
    .replaceAll(/[\0\ufffd\ufeff\u00ad\u200b-\u200d\u2060]/g, '')
    .replaceAll(/[\u00a0\u2000-\u200a\u202f\u205f\u3000\t]/g, ' ')
    .replaceAll(/\r\n?|[\u2028\u2029\u0085\v\f]/g, '\n');
  // No key holds a backslash or a percent sign: these are a program's escapes.
  text = text
    .replaceAll(/(?<!\\)\\+u00([0-9a-f]{2})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replaceAll(/(?<!\\)(?:\\+r\\+n|\\+[rn])/g, '\n')
    .replaceAll(/(?<!\\)\\+t/g, ' ')
    .replaceAll(/(?<!\\)\\+(["'/])/g, '$1')
    .replaceAll(/(?<!\\)\\+$/gm, '');
  if (/%0[ad]/i.test(text)) {
    text = text.replaceAll(/%([0-7][0-9a-f])/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
  }
  return text.trim();
}

/** @returns what the text is the base64 of, when that is the text of a key */
function decodedBase64(text: string): string | undefined {
  const body = text.replace(/^data:[^,]*,/, '').replaceAll(/[\s"'`]+/g, '');
  if (!/^[A-Za-z0-9+/_-]{40,}=*$/.test(body)) return undefined;
  const decoded = Buffer.from(body, 'base64').toString('utf8');
  return /BEGIN|QkVHSU4|LS0tLS/.test(decoded.replaceAll('\0', '')) ? decoded : undefined;
}

function blockOf(written: string, between: string, isCut: boolean): PemBlock {
  // The headers of the old encrypted format, which have lost their own line breaks with the others.
  const header =
    /^[\s"'`>|]*Proc-Type: *4, *ENCRYPTED[\s"'`>|,+]*DEK-Info: *([A-Z0-9-]+), *([0-9A-F]+)/i.exec(between);
  const [, cipher = '', digits = ''] = header ?? [];
  const vector = digits.slice(0, /^DES/i.test(cipher) ? 16 : 32);
  const rest = header ? between.slice(header[0].length - digits.length + vector.length) : between;
  const body = rest
    .split('\n')
    .map(line => line.trim())
    // A string of a program that holds nothing but the line break.
    .filter(line => !/^["'`][\s"'`+.,;]*$/.test(line))
    // What marks a line of a quotation, of a block of YAML, or of a string in a program.
    .map(line => line.replace(/^[>|"'`\s]+/, '').replace(/["'`]\s*[,+.;]?$/, ''))
    .map(line => line.replaceAll(/\s+/g, ''))
    .join('');
  // Some tools write the wrong first line above a key.
  const label = body.startsWith(OPENSSH_MAGIC) ? 'OPENSSH PRIVATE KEY' : written;
  const width = label === 'OPENSSH PRIVATE KEY' ? 70 : 64;
  const headers = header ? ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${cipher},${vector}`, ''] : [];
  const lines = body.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  const foreign = /[^A-Za-z0-9+/=]/u.exec(body)?.[0];
  return {
    label,
    pem: `${[`-----BEGIN ${label}-----`, ...headers, ...lines, `-----END ${label}-----`].join('\n')}\n`,
    isCut,
    ...(foreign === undefined ? {} : { foreign }),
  };
}
