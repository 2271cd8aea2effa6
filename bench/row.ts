import type { Bench } from './bench.ts';

export type Unit = 's' | 'ms' | 'MiB' | 'messages/s' | '';

/** The bound that a figure has to keep. */
export type Goal =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  /** The bound is a multiple of the reference. */
  | { readonly timesReference: number };

/** One line of the table. */
export interface Line {
  readonly what: string;
  readonly unit: Unit;
  /** Name of the figure of the action. */
  readonly figure: string;
  /** What it is compared with. */
  readonly reference?: { readonly what: string; readonly figure: string };
  /** What it was before it was looked at, in words: where the earlier build is not measured in turn. */
  readonly before?: string;
  readonly goal?: Goal;
}

/** Measurements of one round, by name of the figure. */
export type Figures = Readonly<Record<string, number>>;

/** Something that is measured as a whole, once in every round. */
export interface Row {
  readonly name: string;
  /** Too long for the table of every day: measured only when it is asked for. */
  readonly byNameOnly?: true;
  readonly lines: readonly Line[];
  /** Measures the action and what it is compared with in turn, once each. */
  measure(bench: Bench): Promise<Figures>;
}
