import type { Member } from '../compose/deployment/cluster.ts';
import type { Mode } from '../config/config.ts';
import type { ErrorCode } from '../error-codes.ts';
import type { ActionError, ErrorFacts } from '../errors.ts';
import type { Judgement } from '../lint/judge.ts';
import type { ComposeProject } from '../machine/compose-project.ts';
import type { Diagnosis } from '../machine/diagnosis.ts';
import type { Environment } from '../machine/environments.ts';
import type { Machine } from '../machine/facts.ts';
import type { WayState } from '../machine/ways/try-ways.ts';
import type { SmokeTestResults } from '../steps/smoke-test/options.ts';
import type { StepName, StepResult, Versions } from '../steps/step.ts';

/**
 * Everything a run found out; outputs, summary and JSON are renderings of it. Its JSON is described by
 * docs/report.schema.json.
 */
export interface Report extends SmokeTestResults {
  /** Rises when the form of the JSON changes in a way that a reader would notice. */
  readonly schemaVersion: 1;
  readonly mode: Mode;
  readonly result: 'passed' | 'failed';
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** As messages name it, e.g. `ec2-user@203.0.113.7`. */
  readonly host?: string;
  /** A command by which a person gets there; none where the machine is the runner itself. */
  readonly ssh?: string;
  readonly machine?: Machine;
  /** Of a cluster over several machines each of them; none with one machine. */
  readonly machines?: readonly ClusterMachine[];
  /** Who of them reaches whom; only of a run that tried it. */
  readonly ways?: readonly ClusterWay[];
  /** What the linter says of the user's compose files; none when the action's own are deployed. */
  readonly lint?: Judgement;
  readonly steps: readonly StepResult[];
  /** Of what was found on the machine, by name. */
  readonly versions: Versions;
  /** The Docker Compose project, where the run came to one. */
  readonly project?: ComposeProject;
  /** The parts of the cluster, as they were at the end. */
  readonly cluster: readonly ClusterMember[];
  /** Addresses as the machine, or the end of an SSH connection, sees them. */
  readonly bootstrapServers: readonly string[];
  readonly schemaRegistryUrl?: string;
  /** The environments on the machine; none where they were not looked for. */
  readonly environments?: readonly Environment[];
  /** What a sweep found, and did; only of a run that is one. */
  readonly sweep?: Sweep;
  /** What stays open on the runner when the run has ended. */
  readonly tunnel?: Tunnel;
  readonly failure?: Failure;
  /** What there was to read on the machine after a failure. */
  readonly diagnosis?: Diagnosis;
  /** Where texts or lists were too long, and how much of each is left out; none when everything is in the report. */
  readonly leftOut?: readonly string[];
}

/** One of the machines that make a cluster together. What is not known yet is not there. */
export interface ClusterMachine {
  /** As the input `host` lists it. */
  readonly name: string;
  /** As messages name it, e.g. `ec2-user@203.0.113.7`. */
  readonly host: string;
  /** A command by which a person gets there. */
  readonly ssh?: string;
  /** What the machine says of itself. */
  readonly facts?: Machine;
  /** The private address, at which the others reach its node. */
  readonly address?: string;
  readonly nodeId?: number;
  readonly roles?: 'controller+broker' | 'broker';
  /** Whether it has the schema registry, and the cluster's authority. */
  readonly hasRegistry?: boolean;
  /** Where it stands, as Kafka's `broker.rack`: an availability zone, or what `racks` says. */
  readonly rack?: string;
  /** Where clients on the machine, or at the end of an SSH connection to it, find its broker. */
  readonly bootstrapServer?: string;
}

/** The way from one machine to a port of another one, both by the names of the input `host`. */
export interface ClusterWay {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly state: WayState;
}

/** Environments that are taken down because nobody uses them. */
export interface Sweep {
  readonly unusedForMs: number;
  /** Each that is noted on the machine. */
  readonly environments: readonly SweptEnvironment[];
}

export interface SweptEnvironment {
  readonly environment: string;
  readonly project: string;
  readonly directory: string;
  /** ISO 8601, UTC, by the machine's clock; none when nothing on the machine tells. */
  readonly usedAt?: string;
  /** `would-go` only in a plan. */
  readonly end: 'gone' | 'would-go' | 'stays' | 'failed';
  /** Half a sentence. */
  readonly why: string;
}

interface Tunnel {
  /** On the runner, e.g. `localhost:19092`. */
  readonly addresses: readonly string[];
  /** Path of its log on the runner. */
  readonly log: string;
}

export interface ClusterMember extends Member {
  /** `unknown` when it did not come to that, or the machine could not be asked any more. */
  readonly state: 'up' | 'down' | 'unknown';
  /** In the Docker Engine's words, e.g. `Up 5 minutes (healthy)`. */
  readonly status: string;
}

/** Parts of a run that are no steps: they come before the first one, and `tunnel` also after the last. */
type Stage = 'inputs' | 'lint' | 'connect' | 'lock' | 'preparation' | 'tunnel';

export interface Failure {
  readonly step: StepName | Stage;
  /** The machine, of several, where the step failed. */
  readonly machine?: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly details: readonly string[];
  /** Absent where there are none. */
  readonly facts?: ErrorFacts;
}

/** Which run a report is of. */
interface RunIdentity {
  readonly runId: string;
  readonly startedAt: Date;
}

/** A report of which nothing is known yet. */
export function emptyReport(mode: Mode, { runId, startedAt }: RunIdentity): Report {
  return {
    schemaVersion: 1,
    mode,
    result: 'failed',
    runId,
    startedAt: startedAt.toISOString(),
    durationMs: 0,
    steps: [],
    versions: {},
    cluster: [],
    bootstrapServers: [],
  };
}

/** The report of a run that did not come to a machine. */
export function failedBeforeStart(
  error: ActionError,
  identity: RunIdentity,
  { mode = 'deploy', step = 'inputs' }: { mode?: Mode; step?: Stage } = {},
): Report {
  return { ...emptyReport(mode, identity), failure: failureOf(step, error) };
}

export function failureOf(
  step: Failure['step'],
  { code, message, hint, details, facts }: ActionError,
  machine?: string,
): Failure {
  const known = Object.keys(facts).length > 0 ? facts : undefined;
  return { step, ...(machine === undefined ? {} : { machine }), code, message, hint, details, facts: known };
}

/** The names of the steps that changed the machine, each once: a sweep takes the same steps several times. */
export function changedSteps(report: Report): string[] {
  return [...new Set(report.steps.filter(step => step.changed).map(step => step.name))];
}

/** The names of the steps that a deployment would take, in a plan. */
export function plannedSteps(report: Report): string[] {
  return [...new Set(report.steps.filter(({ status }) => status === 'planned').map(({ name }) => name))];
}
