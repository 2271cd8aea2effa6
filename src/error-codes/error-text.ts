/** What is said of an error code. */
export interface ErrorText {
  /** What has happened. */
  readonly meaning: string;
  /** What to do next, unless the error itself knows better. */
  readonly hint: string;
}
