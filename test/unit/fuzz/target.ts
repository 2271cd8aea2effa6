import type { Arbitrary } from 'fast-check';

/** Something that reads what others have written. */
export interface Target<Input = unknown> {
  readonly name: string;
  readonly input: Arbitrary<Input>;
  /** Reads it. @throws whatever no input may make it throw; the errors that are for users are caught here */
  readonly take: (input: Input) => unknown;
  /** How many inputs take about a second, for the tests. */
  readonly runs: number;
}

export const target = <Input>(each: Target<Input>) => each as Target;
