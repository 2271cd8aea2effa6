import { formsOf, SHORTEST_LINE } from './secret-forms.ts';

/** Texts that nobody may see, in every form in which they could turn up. */
export class Secrets {
  private readonly register: (secret: string) => void;
  private forms: string[] = [];

  /** @param register told of each form, for the runner to mask it in its log */
  constructor(register: (secret: string) => void) {
    this.register = register;
  }

  /** @param secret a secret; nothing happens when it is blank or undefined */
  add(secret: string | undefined): void {
    if (secret === undefined || secret.trim() === '') return;
    const added = formsOf(secret).filter(form => !this.forms.includes(form));
    for (const form of added) this.register(form);
    // Longest first, so that a part never spoils the masking of the whole.
    this.forms = [...this.forms, ...added].sort((a, b) => b.length - a.length);
  }

  /** Whether a text holds a secret, or is one: a short one, such as a passphrase of a few letters, is in many texts by chance. */
  readonly isIn = (text: string): boolean =>
    this.forms.some(form => (form.length < SHORTEST_LINE ? text === form : text.includes(form)));

  /** Replaces every secret in a text by `***`, as the runner does in its log: files are not masked by it. */
  readonly redact = (text: string): string =>
    this.forms.reduce((redacted, secret) => redacted.replaceAll(secret, '***'), text);
}
