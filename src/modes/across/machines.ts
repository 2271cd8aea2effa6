import type { ListedMachine, MachinesConfig } from '../../config/machines-inputs.ts';
import type { ErrorCode } from '../../error-codes.ts';
import { sshCommand } from '../../host/ssh/ssh-command.ts';
import { OrderedLogs } from '../../log.ts';
import type { ClusterMachine } from '../../report/report.ts';
import { Limit } from '../../steps/limit.ts';
import { type Run, RunFailure } from '../run.ts';
import { type Connected, type OpenedMachine, openMachine } from '../session.ts';

/** One of the machines that a run has for itself. */
export interface HeldMachine {
  readonly listed: ListedMachine;
  readonly connected: Connected;
}

/** The machines of a run, in the order of the input `host`. */
export interface Machines extends AsyncDisposable {
  readonly all: readonly HeldMachine[];
  /** Those that are to leave the cluster, where a run asked for them. */
  readonly leaving: readonly HeldMachine[];
  /** Those that did not answer, of those that need not, each with how the connection failed. */
  readonly unreached: readonly { readonly listed: ListedMachine; readonly failure: RunFailure }[];
}

interface OpenOptions {
  /** Machines besides, that are to leave the cluster. */
  readonly leaving?: readonly ListedMachine[] | undefined;
  /** Machines of which one that does not answer is no failure. @default those that leave */
  readonly mayBeAway?: readonly ListedMachine[];
}

/**
 * Connects to the machines of a run side by side, then takes them. When one cannot be had, those that were taken are given back.
 * @throws RunFailure at `connect` or `lock` that names the machine, also when no machine at all answers; nothing is left open then
 */
export async function openMachines(
  run: Run,
  { machines: staying, parallel }: MachinesConfig,
  { leaving = [], mayBeAway = leaving }: OpenOptions = {},
): Promise<Machines> {
  const machines = [...staying, ...leaving];
  await using opened = new AsyncDisposableStack();
  const [logs, limit] = [new OrderedLogs(run.dependencies.log, machines.length), new Limit(parallel)];
  const open = (listed: ListedMachine, index: number) =>
    limit
      .run(listed.name, () => openMachine(run, listed, logs.logger(index)))
      .finally(() => logs.close(index));
  const settled = await Promise.allSettled(machines.map(open));
  const connections = settled.flatMap((result, index) => {
    const listed = machines[index];
    return result.status === 'fulfilled' && listed ? [{ listed, machine: result.value }] : [];
  });
  // Side by side: a cancelled run has seconds left.
  opened.defer(async () => {
    await Promise.allSettled(connections.map(({ machine }) => machine[Symbol.asyncDispose]()));
  });
  const failed = failuresIn(settled, machines);
  const unreached = failed.filter(({ listed, failure }) => mayBeAway.includes(listed) && isGone(failure));
  refuseMissing(connections.length === 0 ? failed : failed.filter(each => !unreached.includes(each)));
  const held = connections.map(({ listed, machine: { connected } }): HeldMachine => ({ listed, connected }));
  const isStaying = ({ listed }: HeldMachine) => staying.includes(listed);
  const all = held.filter(isStaying);
  run.note({ machines: all.map(reportedMachine) });
  const ordered = connections.toSorted((a, b) => (a.listed.name < b.listed.name ? -1 : 1));
  await takeAll(ordered.map(({ machine }) => machine));
  const owned = opened.move();
  return {
    all,
    leaving: held.filter(each => !isStaying(each)),
    unreached,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** How a connection fails to a machine that is gone: terminated, stopped, cut off. */
const GONE: readonly ErrorCode[] = ['ssh-unreachable', 'ssh-host-unknown'];

const isGone = ({ cause }: RunFailure) => GONE.includes(cause.code);

/** @throws what is no failure of a connection */
function failuresIn(
  settled: readonly PromiseSettledResult<OpenedMachine>[],
  machines: readonly ListedMachine[],
): Machines['unreached'] {
  return settled.flatMap((result, index) => {
    const listed = machines[index];
    if (result.status === 'fulfilled' || !listed) return [];
    const failure: unknown = result.reason;
    if (!(failure instanceof RunFailure)) throw failure;
    return [{ listed, failure }];
  });
}

/**
 * Takes machines so that two runs can never wait for each other: a run waits for a machine only while it has none that comes after
 * it in the order. The first one decides between runs on the same machines; who has it tries all others at once, and only when one of
 * them is held by another run all the same, it gives back what comes after that one and goes on one by one.
 * @param ordered in the order of their names, which is the same for every run
 * @throws RunFailure at `lock`
 */
async function takeAll([first, ...others]: readonly OpenedMachine[]): Promise<void> {
  await first?.take();
  const trials = await Promise.allSettled(
    others.map(machine => machine.take({ mayLookOn: true, waitMs: 0 })),
  );
  for (const trial of trials) if (trial.status === 'rejected') throw trial.reason;
  const held = trials.findIndex(trial => trial.status === 'fulfilled' && trial.value !== undefined);
  if (held < 0) return;
  const rest = others.slice(held);
  await Promise.all(rest.map(machine => machine.letGo()));
  for (const machine of rest) await machine.take();
}

/** What the report says of a machine as soon as it answers. */
export const reportedMachine = ({ listed, connected }: HeldMachine): ClusterMachine => ({
  name: listed.name,
  host: connected.host.name,
  ssh: sshCommand(listed.connection),
  facts: connected.machine,
});

/** @throws RunFailure of the first machine; the others are in its details */
function refuseMissing(failed: Machines['unreached']): void {
  const [first, ...others] = failed.map(({ failure }) => failure);
  if (first) throw withOthers(first, others);
}

/** A failure of which others are the details. */
export function withOthers({ step, cause }: RunFailure, others: readonly RunFailure[]): RunFailure {
  return new RunFailure(
    step,
    cause.with({ details: [...cause.details, ...others.map(({ message }) => message)] }),
  );
}
