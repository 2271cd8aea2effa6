/** Shorter pieces of a key are left alone: `ssh-rsa` or `=` would blank out half the log. */
export const SHORTEST_LINE = 12;
/** Shorter pieces of an encoding would be found in other words by chance. */
const SHORTEST_PIECE = 8;
/** How programs break encoded text: openssl and PEM, base64(1) and MIME, xxd. */
const BASE64_WIDTHS = [64, 76];
const HEX_WIDTHS = [60];
/** A dump with a blank or a colon between bytes has more than that on several lines, with something between them. */
const LONGEST_BYTES_APART = 64;

/** Every form in which a secret could turn up in a log: whole, by its lines, and encoded. */
export function formsOf(secret: string): string[] {
  const trimmed = secret.trim();
  const texts = [secret, trimmed];
  const forms = [
    ...texts,
    ...linesOf(trimmed),
    ...texts.flatMap(jsonForms),
    ...texts.flatMap(urlForms),
    ...texts.flatMap(base64Forms),
    ...texts.flatMap(hexForms),
  ];
  return [...new Set(forms)].filter(form => form !== '');
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n|\\n/).map(line => line.trim());
  if (lines.length < 2) return [];
  return lines.filter(line => line.length >= SHORTEST_LINE && !line.startsWith('-----'));
}

/** Some programs write `<`, `>` and `&` as numbers, too. */
function jsonForms(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const numbered = (character: string) => `\\u00${character.charCodeAt(0).toString(16)}`;
  return [json, json.replaceAll(/[<>&]/g, numbered)];
}

/** A part of an address, as programs leave more or fewer characters as they are, and a field of a form, whose blanks are `+`. */
function urlForms(text: string): string[] {
  const component = encodeURIComponent(text.toWellFormed());
  const strict = component.replaceAll(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const field = new URLSearchParams({ field: text }).toString().slice('field='.length);
  const forms = [component, strict, component.replaceAll('%20', '+'), field, field.replaceAll('+', '%20')];
  return [...forms, ...forms.map(form => form.replaceAll(/%[0-9A-F]{2}/g, code => code.toLowerCase()))];
}

function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  const whole = [bytes.toString('base64'), bytes.toString('base64url')];
  const forms = [...whole, ...whole.map(form => form.replace(/={1,2}$/, '')), ...insideBase64(bytes)];
  return [...forms, ...BASE64_WIDTHS.flatMap(width => wrapped(bytes.toString('base64'), width))];
}

/**
 * A secret in the middle of what is encoded: three bytes make four characters, so where it begins among three makes three forms. The
 * characters at its edges also hold bits of what stands beside it.
 */
function insideBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap(offset => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    const from = Math.ceil((offset * 8) / 6);
    const to = Math.floor((shifted.length * 8) / 6);
    const pieces = (['base64', 'base64url'] as const).map(form => shifted.toString(form).slice(from, to));
    return pieces.filter(piece => piece.length >= SHORTEST_PIECE);
  });
}

function hexForms(text: string): string[] {
  const hex = Buffer.from(text).toString('hex');
  if (hex.length < SHORTEST_PIECE) return [];
  const bytes = hex.length <= LONGEST_BYTES_APART * 2 ? (hex.match(/../g) ?? []) : [];
  const forms = [hex, bytes.join(' '), bytes.join(':')];
  return [
    ...forms,
    ...forms.map(form => form.toUpperCase()),
    ...HEX_WIDTHS.flatMap(width => wrapped(hex, width)),
  ];
}

/** The lines of a text that is broken at a width, and the whole of it; a short last line is left alone. */
function wrapped(text: string, width: number): string[] {
  if (text.length <= width) return [];
  const lines = text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  return [lines.join('\n'), ...lines.filter(line => line.length >= SHORTEST_LINE)];
}
