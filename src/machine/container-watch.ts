import type { Member } from '../compose/deployment/cluster.ts';
import type { Context } from '../context.ts';
import { until } from '../waiting.ts';
import type { ComposeProject } from './compose-project.ts';
import { containerFailure, type Told, tell } from './container-failure.ts';
import { type Trouble, troubleOf } from './container-troubles.ts';
import { isForeignData } from './foreign-data.ts';
import { type ContainerState, lookAt } from './machine-look.ts';

/** What is watched. */
export interface Watched {
  readonly project: ComposeProject;
  readonly members: readonly Member[];
  /** Containers that have stopped are about to be started. */
  readonly isStarting?: boolean;
}

const EVERY_MS = 2_000;
/** How long a container that has ended several times may go on so, and one that is unhealthy. */
const PATIENCE_MS = { restarting: 15_000, unhealthy: 10_000 };
/** Longer than a broker's ZooKeeper session (18 s) and its start: a killed one is refused (NodeExists) until that is over. */
const SESSION_PATIENCE_MS = 40_000;
/** Fewer restarts say nothing yet. */
const MANY_RESTARTS = 2;

/** Looks at the containers of a project while something else is waited for, and ends the waiting when it has become pointless. */
export class ContainerWatch {
  private readonly context: Context;
  private readonly watched: Watched;
  private readonly histories = new Map<string, History>();
  private readonly said = new Set<string>();

  constructor(context: Context, watched: Watched) {
    this.context = context;
    this.watched = watched;
  }

  /**
   * Does `work` unless the containers leave no hope, and waits for it as long as they do: then the signal in its context ends
   * it. Nothing counts before they were looked at: brokers answer much from memory while ZooKeeper is paused, for example.
   *
   * @throws what `work` throws, or ActionError `container-failed` or `broker-down` that names the containers
   */
  async during<T>(work: (context: Context) => Promise<T>): Promise<T> {
    const looked = this.look();
    // What they were before a start is not known later.
    if (this.watched.isStarting) await looked;
    const over = new AbortController();
    const context = { ...this.context, signal: AbortSignal.any([this.context.signal, over.signal]) };
    const working = work(context);
    const watching = this.goOn(context, looked);
    try {
      const [done] = await Promise.race([Promise.all([working, looked]), watching]);
      return done;
    } catch (error) {
      over.abort(error);
      throw error;
    } finally {
      over.abort();
      working.catch(() => {});
      watching.catch(() => {});
    }
  }

  private async goOn(context: Context, looked: Promise<undefined>): Promise<never> {
    await looked;
    await context.clock.sleep(EVERY_MS, context.signal);
    return until<never>(context, () => this.look(), { everyMs: EVERY_MS });
  }

  /** Looks once, and says what it sees. @throws ActionError that names the containers which leave no hope */
  private async look(): Promise<undefined> {
    const { host, log } = this.context;
    const { containers } = await lookAt(host, this.watched.project);
    const troubles = containers.flatMap(container => this.troubleOf(container) ?? []);
    const told = await tell(host, troubles);
    const hopeless = told.filter(each => this.isHopeless(each));
    if (hopeless.length > 0)
      throw await containerFailure(host, hopeless, { containers, members: this.watched.members });
    for (const { container, kind, what, log: own } of told) {
      const key = `${container.name} ${kind}`;
      if (!this.said.has(key)) log.info(`${container.service} ${what}${own.words && `: ${own.words}`}`);
      this.said.add(key);
    }
    return undefined;
  }

  private troubleOf(container: ContainerState): Trouble | undefined {
    const { name, service, state, restarts, exitCode } = container;
    const history = this.histories.get(name) ?? newHistory(restarts);
    this.histories.set(name, history);
    if (state === 'exited' || state === 'dead' || state === 'created') {
      // A service that is no part of Kafka may have done its work.
      const isMember = this.watched.members.some(
        member => member.service === service && member.role !== 'other',
      );
      if (this.watched.isStarting || (!isMember && exitCode === 0)) return undefined;
    }
    const isRestarted = restarts > history.restarts;
    history.restarts = restarts;
    const trouble = troubleOf(container);
    if (trouble) return trouble;
    if (isRestarted) return { container, what: 'has ended and was restarted', kind: 'restarting' };
    delete history.unhealthy;
    return undefined;
  }

  private isHopeless({ container: { name, restarts }, kind, log }: Told): boolean {
    const history = this.histories.get(name) ?? newHistory(restarts);
    if (kind === 'final' || isForeignData(log.words)) return true;
    const now = this.context.clock.now();
    history[kind] ??= now;
    history.hasSession ||= log.words.includes('NodeExists');
    const lastedMs = now - history[kind];
    if (kind === 'unhealthy') return lastedMs > PATIENCE_MS.unhealthy;
    const isQuick = !history.hasSession && restarts - history.restartsBefore >= MANY_RESTARTS;
    return lastedMs > (isQuick ? PATIENCE_MS.restarting : SESSION_PATIENCE_MS);
  }
}

/** What was seen of a container so far. */
interface History {
  readonly restartsBefore: number;
  restarts: number;
  /** Since when. */
  restarting?: number;
  unhealthy?: number;
  /** ZooKeeper still holds the session of its last life. */
  hasSession: boolean;
}

const newHistory = (restarts: number): History => ({
  restartsBefore: restarts,
  restarts,
  hasSession: false,
});
