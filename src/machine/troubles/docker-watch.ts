import type { Duplex } from 'node:stream';
import type { Clock } from '../../clock.ts';
import { ActionError } from '../../errors.ts';
import type { Command, CommandResult, Host } from '../../host/host.ts';
import { stopCommands } from '../../host/run-commands.ts';
import type { Logger } from '../../log.ts';
import { COMPOSE_PATH } from '../compose-project.ts';
import { engineHung, engineState, isStopped } from './engine.ts';

/** Most commands of Docker are over by then. */
const FIRST_LOOK_MS = 5_000;
const NEXT_LOOK_MS = 15_000;
/** A busy machine may take seconds for an answer. */
const PROBE_MS = 10_000;
/** Of an engine that was found hung already. */
const SECOND_PROBE_MS = 3_000;

interface WatchOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Its commands that wait for a hung engine are stopped at the end. */
  readonly runId: string;
}

/**
 * A machine whose Docker Engine is watched: a command that needs the engine fails within seconds when the engine hangs, instead of
 * waiting for its own limit, which is minutes.
 */
export class DockerWatch implements Host {
  readonly name: string;
  private readonly host: Host;
  private readonly options: WatchOptions;
  private probing: Promise<ActionError | undefined> | undefined;
  private isHung = false;
  private hasLeftCommands = false;

  constructor(host: Host, options: WatchOptions) {
    this.name = host.name;
    this.host = host;
    this.options = options;
  }

  /** @throws ActionError as the host does, and `docker-not-running` when the engine hangs */
  async run(command: Command): Promise<CommandResult> {
    if (command.isUndo || !needsEngine(command)) return this.host.run(command);
    if (this.isHung) await this.refuseHung(SECOND_PROBE_MS);
    const ended = new AbortController();
    const running = this.host.run(command);
    const watching = this.watch(ended.signal);
    try {
      return await Promise.race([running, watching]);
    } finally {
      ended.abort();
      running.catch(() => {});
      watching.catch(() => {});
    }
  }

  dial(address: string, port: number): Promise<Duplex> {
    return this.host.dial(address, port);
  }

  async close(): Promise<void> {
    const { runId, log } = this.options;
    if (this.hasLeftCommands) await stopCommands(this.host, runId, log);
    await this.host.close();
  }

  /** Ends by being aborted, or by an engine that hangs. */
  private async watch(ended: AbortSignal): Promise<never> {
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = NEXT_LOOK_MS) {
      await this.options.clock.sleep(pauseMs, ended);
      await this.refuseHung(PROBE_MS);
    }
  }

  private async refuseHung(limitMs: number): Promise<void> {
    this.probing ??= this.probe(limitMs).finally(() => {
      this.probing = undefined;
    });
    const error = await this.probing;
    this.isHung = error !== undefined;
    if (!error) return;
    this.hasLeftCommands = true;
    throw error;
  }

  /** @returns the error of an engine that hangs; one that is not there, or not reached, answers soon enough by itself */
  private async probe(limitMs: number): Promise<ActionError | undefined> {
    if (await this.answers(limitMs)) return undefined;
    const state = await engineState(this.host);
    const isBeyondDoubt = this.isHung || isStopped(state.docker) || isStopped(state.containerd);
    if (isBeyondDoubt) return engineHung(state, limitMs / 1000);
    return (await this.answers(limitMs)) ? undefined : engineHung(state, (2 * limitMs) / 1000);
  }

  private async answers(limitMs: number): Promise<boolean> {
    try {
      const argv = ['docker', 'version', '--format', '{{.Server.Version}}'] as const;
      await this.host.run({ argv, sudo: true, timeoutMs: limitMs });
      return true;
    } catch (error) {
      return !(error instanceof ActionError && error.code === 'command-timeout');
    }
  }
}

function needsEngine({ argv: [program, ...args], needsEngine: isSaid = false }: Command): boolean {
  return (
    isSaid ||
    program === 'docker' ||
    (program === COMPOSE_PATH && !args.includes('config') && args[0] !== 'version')
  );
}
