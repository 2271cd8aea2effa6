import type { ErrorCode } from '../errors.ts';
import type { RoundTripResult } from '../kafka/round-trip.ts';
import type { Machine } from '../steps/machine.ts';
import type { StepResult } from '../steps/step.ts';

/** Everything a run found out; outputs, summary and JSON are renderings of it. */
export interface Report {
  readonly result: 'passed' | 'failed';
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** As messages name it, e.g. `ec2-user@203.0.113.7`. */
  readonly host?: string;
  readonly machine?: Machine;
  readonly steps: readonly StepResult[];
  /** Addresses as the machine, or the end of an SSH connection, sees them. */
  readonly bootstrapServers: readonly string[];
  readonly schemaRegistryUrl?: string;
  /** The round trip of the Python pair on the machine. */
  readonly hostClients?: { readonly produced: number; readonly consumed: number };
  /** The round trip of the clients on the runner. */
  readonly runnerClients?: RoundTripResult;
  readonly failure?: Failure;
}

export interface Failure {
  /** The step, or `inputs` or `connect` before the first one. */
  readonly step: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly details: readonly string[];
}

/** The names of the steps that changed the machine. */
export function changedSteps(report: Report): string[] {
  return report.steps.filter(step => step.changed).map(step => step.name);
}
