/** What is read from a properties file, and where what is wrong with it is told. */
export interface Properties {
  /** @returns the value, trimmed as Kafka does it; undefined when the property is not given */
  get(name: string): string | undefined;
  tell(problem: string): void;
}

/** A value for a message. What is no single word may be something secret. */
export const shownWord = (value: string): string =>
  /^[A-Za-z][A-Za-z0-9_-]{0,29}$/.test(value) ? `"${value}"` : 'something else';
