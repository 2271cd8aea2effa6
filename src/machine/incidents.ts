import type { Member } from '../compose/deployment/cluster.ts';
import type { Host } from '../host/host.ts';
import { endOf, timeOf, troubleOf } from './container-troubles.ts';
import type { ContainerState, MachineLook } from './machine-look.ts';

/** What befell a machine, or its containers, between two looks. */
export interface Incidents {
  readonly isMachineRestarted: boolean;
  /** A sentence for each container that went away, came back, or is not as it was. */
  readonly sentences: readonly string[];
  /** The services of the brokers among them. */
  readonly brokers: readonly string[];
}

const NONE: Incidents = { isMachineRestarted: false, sentences: [], brokers: [] };

/**
 * Compares two looks at a machine. A container that was killed and restarted is found by the time of its start: a moment later
 * nothing else tells of it.
 */
export async function incidentsBetween(
  host: Host,
  before: MachineLook,
  after: MachineLook,
  members: readonly Member[],
): Promise<Incidents> {
  if (before.boot !== after.boot) return { ...NONE, isMachineRestarted: true };
  const changed = before.containers.flatMap(container => {
    const now = after.containers.find(({ service }) => service === container.service);
    return isSame(container, now) ? [] : [{ container, now }];
  });
  if (changed.length === 0) return NONE;
  const ends = await endsSince(host, before.atS);
  const isBroker = (service: string) => members.some(m => m.service === service && m.role === 'broker');
  return {
    isMachineRestarted: false,
    sentences: changed.map(({ container, now }) => inWords(container, now, ends.get(container.id))),
    brokers: changed.map(({ container }) => container.service).filter(isBroker),
  };
}

function isSame(before: ContainerState, now: ContainerState | undefined): boolean {
  if (now?.id !== before.id || now.startedAt !== before.startedAt) return false;
  return troubleOf(now)?.what === troubleOf(before)?.what;
}

function inWords(before: ContainerState, now: ContainerState | undefined, end: End | undefined): string {
  const { service, id, startedAt, restarts } = before;
  if (now === undefined) return `${service} was removed`;
  const trouble = troubleOf(now);
  if (now.id !== id)
    return `${service} was replaced by a new container${at(now.createdAt)}${trouble ? `, which ${trouble.what}` : ''}`;
  if (now.startedAt === startedAt) return `${service} ${trouble?.what ?? 'is well again'}`;
  const left = end ? endOf({ ...now, ...end }) : at(now.finishedAt).trim() || 'nobody knows when';
  const back = restarts < now.restarts ? 'by its restart policy' : 'by hand';
  return (
    `${service} went away (${left}) and was started again${at(now.startedAt)} ${back}` +
    (trouble ? `; now it ${trouble.what}` : '')
  );
}

const at = (time: string) => (timeOf(time) === '' ? '' : ` at ${timeOf(time)}`);

type End = Pick<ContainerState, 'exitCode' | 'isOutOfMemory'>;

/** How containers ended of late, by their ids. The engine remembers only some hundred events: it may know nothing any more. */
async function endsSince(host: Host, atS: number): Promise<Map<string, End>> {
  const filters = ['type=container', 'event=die', 'event=oom'].flatMap(filter => ['--filter', filter]);
  const format = '{{.Action}} {{.Actor.ID}} {{index .Actor.Attributes "exitCode"}}';
  const { stdout } = await host.run({
    argv: ['docker', 'events', '--since', `${atS}`, '--until', '0s', ...filters, '--format', format],
    sudo: true,
    timeoutMs: 10_000,
  });
  const ends = new Map<string, End>();
  const outOfMemory = new Set<string>();
  for (const line of stdout.split('\n')) {
    const [action, id = '', exitCode] = line.split(' ');
    if (action === 'oom') outOfMemory.add(id);
    if (action === 'die') ends.set(id, { exitCode: Number(exitCode), isOutOfMemory: outOfMemory.has(id) });
  }
  return ends;
}
