import { publishable } from './readable.ts';

/**
 * Data without secrets and control characters, and with numbers to three digits: what follows them in milliseconds is noise. Texts
 * are blanked before anything is rendered, since Markdown and JSON write some characters otherwise, and a secret would not be known again.
 * @param value what JSON can hold
 */
export function published<T>(value: T, redact: (text: string) => string): T {
  const shown = publishable(redact);
  const publish = (_name: string, each: unknown) => {
    if (typeof each === 'string') return shown(each);
    return typeof each === 'number' ? Math.round(each * 1000) / 1000 : each;
  };
  return JSON.parse(JSON.stringify(value, publish)) as T;
}
