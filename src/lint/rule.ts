import type { KafkaModel } from '../compose/kafka/kafka-model.ts';
import type { Fault } from '../compose/reader/fault.ts';
import type { ComposeModel } from '../compose/reader/model.ts';
import type { Place, SourceText } from '../compose/reader/place.ts';

type Severity = 'error' | 'warning';

/** One thing that can be wrong with a compose file. docs/rules.md is generated from these texts; they are Markdown. */
export interface Rule {
  /** Stable, kebab-case: workflows and code scanning refer to it. */
  readonly id: string;
  readonly title: string;
  /** `error`: what is meant does not work, or Compose refuses it. `warning`: it works, at a price. */
  readonly severity: Severity;
  readonly why: string;
  /** What the user does about it. */
  readonly fix: string;
  /** What `fix` does by itself, and why that is safe; none when it only proposes. */
  readonly safeFix?: string;
  readonly example: Example;
  readonly check: (context: LintContext) => Iterable<Problem>;
}

/** The smallest files that show a rule; the tests hold that `bad` breaks it and `good` does not. */
interface Example {
  readonly bad: string;
  readonly good: string;
}

export interface LintContext {
  readonly model: ComposeModel;
  readonly kafka: KafkaModel;
  readonly faults: readonly Fault[];
  readonly sources: ReadonlyMap<string, SourceText>;
  /** The files are deployed as one of several clusters on the machine, which must not share a name. */
  readonly sideBySide: boolean;
}

/** What a rule finds. */
export interface Problem {
  readonly place: Place;
  /**
   * Problems of one rule with the same cause are one finding with several places. Without it warnings that say the same are one;
   * an error is told at each of its places.
   */
  readonly cause?: string;
  /** One sentence or two: what is wrong and what comes of it. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  /** Where it is less than what the rule says in general. */
  readonly severity?: Severity;
  /** The safe fix, complete: either all of it is applied or nothing. */
  readonly edits?: readonly Edit[];
  /** Text to put in place by hand where no fix is safe. */
  readonly proposal?: string;
}

/** Replaces the text between two offsets of a file. */
export interface Edit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A problem with the rule it breaks. */
export interface Finding extends Problem {
  readonly ruleId: string;
  readonly severity: Severity;
  /** Where the same cause shows besides. */
  readonly also?: readonly Place[];
}
