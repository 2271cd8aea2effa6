import { ActionError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';

/** More than a stop and the outage take together. */
const SAFETY_NET_S = 60;
/** The broker hands its partitions over before it ends; after that it is killed. */
const STOP_TIMEOUT_S = 30;

/** Stops a broker's container for a while, and makes certain that it is started again. */
export class Outage {
  private readonly host: Host;
  private readonly container: string;
  private readonly unit: string;
  private isArmed = false;
  private isStopped = false;

  constructor(host: Host, container: string, runId: string) {
    this.host = host;
    this.container = container;
    this.unit = `kafka-drill-${runId}`;
  }

  /**
   * Stops the broker. First it tells the machine to start the broker again in a minute, so that it comes back whatever becomes
   * of this process, of the runner and of the connection.
   */
  async begin(): Promise<void> {
    // By default systemd may let a timer be a minute late.
    const when = [`--on-active=${SAFETY_NET_S}s`, '--timer-property=AccuracySec=1s'];
    const armed = await this.host.run({
      argv: ['systemd-run', '--quiet', `--unit=${this.unit}`, ...when, 'docker', 'start', this.container],
      sudo: true,
    });
    if (armed.exitCode !== 0) {
      throw new ActionError(
        'drill-failed',
        `no drill without a safety net: systemd-run on the machine answered ${armed.stderr.trim()}`,
      );
    }
    this.isArmed = true;
    await this.stop(false);
    this.isStopped = true;
  }

  /** Starts the broker again, if it was to be stopped; also in a run that was cancelled. */
  async end(): Promise<void> {
    if (!this.isArmed) return;
    // The run was cancelled while the broker was stopping: a start would do nothing, and then the broker would stop.
    // A failure to stop is reported elsewhere; only the start counts here.
    if (!this.isStopped) await this.stop(true).catch(() => {});
    await mustRun(this.host, { argv: ['docker', 'start', this.container], sudo: true, isUndo: true });
    this.isArmed = false;
    // The machine's own attempt would find the broker running: harmless, but a trace.
    const timer = `${this.unit}.timer`;
    await this.host.run({ argv: ['systemctl', 'stop', timer], sudo: true, isUndo: true });
  }

  private async stop(isUndo: boolean): Promise<void> {
    const argv = ['docker', 'stop', '--time', `${STOP_TIMEOUT_S}`, this.container] as const;
    await mustRun(this.host, { argv, sudo: true, isUndo });
  }
}
