/** Fields that a stranger may have written: of any type. */
export type Fields = Readonly<Record<string, unknown>>;

/** @returns the object, or list, that a text holds in JSON; undefined for any other text */
export function jsonObjectIn(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}
