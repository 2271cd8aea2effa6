import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as core from '@actions/core';
import { formatDuration, systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { type ActionError, toActionError } from '../errors.ts';
import { type GroupedLogger, logFailure } from '../log.ts';
import { failureOf, type Report } from '../report/report.ts';
import { tunnelEnv } from '../tunnel/env.ts';
import { type Addresses, forwardsOf } from '../tunnel/forwards.ts';
import { identify } from '../tunnel/process-identity.ts';
import { startTunnel, type TunnelState } from '../tunnel/start.ts';
import { refuseTakenPorts } from '../tunnel/taken-ports.ts';
import { STATE } from './state.ts';

/**
 * What would keep a tunnel from being opened after the run: told before the machine is touched.
 * @returns undefined when nothing is known, or no tunnel is asked for
 */
export async function tunnelObstacle(
  { tunnel, connection }: Pick<Config, 'tunnel' | 'connection'>,
  addresses: Addresses,
): Promise<ActionError | undefined> {
  if (!tunnel || connection.kind === 'local') return undefined;
  try {
    await refuseTakenPorts(forwardsOf(addresses).map(({ port }) => port));
    return undefined;
  } catch (error) {
    return toActionError(error);
  }
}

/** The same for a deployment whose ports are known only on the machine: an obstacle is thrown. */
export function refuseObstacle(config: Pick<Config, 'tunnel' | 'connection'>) {
  return async ({ cluster }: { readonly cluster: Addresses }): Promise<void> => {
    const obstacle = await tunnelObstacle(config, cluster);
    if (obstacle) throw obstacle;
  };
}

interface OpenTunnelOptions {
  /** Folder of the action, which holds dist/. */
  readonly root: string;
  readonly redact: (text: string) => string;
  readonly log: GroupedLogger;
  /** Aborted when the job is cancelled. */
  readonly cancelled: AbortSignal;
}

/**
 * Opens the tunnel after a run that passed, when one is asked for.
 * @returns its report, with the tunnel in it, or failed
 */
export async function openTunnel(
  report: Report,
  { tunnel, connection }: Pick<Config, 'tunnel' | 'connection'>,
  { root, redact, log, cancelled }: OpenTunnelOptions,
): Promise<Report> {
  if (!tunnel || report.result !== 'passed') return report;
  if (connection.kind === 'local') {
    log.info('No tunnel is needed: the ports are on this runner already.');
    return report;
  }
  const started = systemClock.now();
  const took = () => systemClock.now() - started;
  const path = join(process.env.RUNNER_TEMP || tmpdir(), `kafka-al2023-${report.runId}-tunnel.log`);
  log.startGroup('Tunnel');
  try {
    const forwards = forwardsOf(report);
    const starter = process.ppid > 1 ? identify(process.ppid) : undefined;
    await startTunnel(
      { target: connection.target, forwards, ...(starter ? { starter } : {}) },
      {
        ...{ signal: cancelled, clock: systemClock, log: path },
        program: join(root, 'dist', 'tunnel', 'index.js'),
        env: tunnelEnv(process.env, text => redact(text) !== text),
        onStarted: (state: TunnelState) => core.saveState(STATE.tunnel, state),
      },
    );
    const addresses = forwards.map(({ port }) => `localhost:${port}`);
    log.info(`its log: ${path}`);
    log.endGroup();
    log.info(`✔ Tunnel: ${addresses.join(', ')} in ${formatDuration(took())}, until the end of the job`);
    return { ...report, tunnel: { addresses, log: path }, durationMs: report.durationMs + took() };
  } catch (thrown) {
    const error = toActionError(thrown);
    logFailure(log, error);
    log.endGroup();
    log.info(`✘ Tunnel: failed after ${formatDuration(took())}`);
    const failure = failureOf('tunnel', error);
    return { ...report, result: 'failed', failure, durationMs: report.durationMs + took() };
  }
}
