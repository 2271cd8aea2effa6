/**
 * Sequences that a terminal obeys (ECMA-48): a string up to its end, such as the title of a window or the address of a link; colours and
 * movements; anything else that begins with an escape character. A string without an end is text.
 */
const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f\n]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-Z\\^-~]/g;

/** What turns the direction of the text around it, so that it reads as something else (UAX #9), and letters that nobody sees. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\u{e0000}-\u{e007f}]/gu;
/** What some viewers take for the end of a line. */
const SEPARATORS = /[\v\f\u0085\u2028\u2029]/g;
/** All control characters but the tabulator and the line feed. */
const CONTROLS = /[^\P{Cc}\t\n]/gu;

/** A text from outside as it is read: line breaks and tabulators stay, whatever else steers a terminal or the eye goes. */
function readable(text: string): string {
  return text
    .replaceAll(SEQUENCES, '')
    .replaceAll(SEPARATORS, ' ')
    .replaceAll(CONTROLS, '')
    .replaceAll(DIRECTIONS, '');
}

/**
 * A text as it may go out. Blanked twice: a secret may hold what is taken out, and what is taken out may have parted one.
 * @param redact blanks the secrets in a text
 */
export const publishable =
  (redact: (text: string) => string) =>
  (text: string): string => {
    const blanked = redact(text);
    const plain = readable(blanked);
    return plain === blanked ? plain : redact(plain);
  };
