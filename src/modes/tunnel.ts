import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { type ActionError, toActionError } from '../errors.ts';
import type { Connection } from '../host/connection.ts';
import type { FirstKeys } from '../host/ssh/first-keys.ts';
import type { GroupedLogger } from '../log.ts';
import { recordPath, touchOf } from '../machine/deployment-records.ts';
import type { Machine } from '../machine/facts.ts';
import { failureOf, type Report } from '../report/report.ts';
import { tunnelEnv } from '../tunnel/env.ts';
import { type Addresses, forwardsOf } from '../tunnel/forwards.ts';
import type { TunnelEnd } from '../tunnel/order.ts';
import { identify } from '../tunnel/process-identity.ts';
import { startTunnel, type TunnelState } from '../tunnel/start.ts';
import { refuseTakenPorts } from '../tunnel/taken-ports.ts';
import { stage } from './stage.ts';

/**
 * Looks, before the machine is touched, for a reason why the tunnel could not be opened after the run.
 * @returns undefined when there is none, or no tunnel is asked for
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

/** Throws such an obstacle, for a deployment whose ports are known only on the machine. */
export function refuseObstacle(config: Pick<Config, 'tunnel' | 'connection'>) {
  return async ({ cluster }: { readonly cluster: Addresses }): Promise<void> => {
    const obstacle = await tunnelObstacle(config, cluster);
    if (obstacle) throw obstacle;
  };
}

/** The command by which the deployment is noted as in use that the tunnel leads to. */
const noteOn = (machine: Machine | undefined, project: Report['project']): TunnelEnd['noteUse'] =>
  machine && project && touchOf(recordPath(machine.home, project.name));

type Reached = Pick<Config, 'connection' | 'machines'>;

/** Where the ports lead: all of them to the one machine, or each to the one that has it. */
function endsOf(report: Report, { connection, machines }: Reached): TunnelEnd[] {
  const { machine, project, schemaRegistryUrl } = report;
  const end = (to: Connection, addresses: Addresses, noteUse: TunnelEnd['noteUse']) =>
    to.kind === 'local' ? [] : [{ target: to.target, forwards: forwardsOf(addresses), noteUse }];
  if (!machines) return end(connection, report, noteOn(machine, project));
  return machines.machines.flatMap(listed => {
    const found = report.machines?.find(({ name }) => name === listed.name);
    if (!found?.bootstrapServer) return [];
    const addresses = {
      bootstrapServers: [found.bootstrapServer],
      ...(found.hasRegistry ? { schemaRegistryUrl } : {}),
    };
    return end(listed.connection, addresses, noteOn(found.facts, project));
  });
}

/** What a tunnel needs from the run. */
export interface TunnelDependencies {
  readonly log: GroupedLogger;
  readonly clock: Clock;
  readonly firstKeys: FirstKeys;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when the job is cancelled. */
  readonly cancelled: AbortSignal;
  /** Path of the tunnel's program. */
  readonly tunnelProgram: string;
  /** Blanks the secrets in a text. */
  readonly redact: (text: string) => string;
  /** Called as soon as there is a tunnel to end. */
  readonly onTunnel: (state: TunnelState) => void;
}

/**
 * Opens the tunnel after a run that passed, when one is asked for.
 * @returns its report, with the tunnel in it, or failed
 */
export async function openTunnel(
  report: Report,
  { tunnel, ...reached }: Pick<Config, 'tunnel'> & Reached,
  dependencies: TunnelDependencies,
): Promise<Report> {
  const { log, clock, firstKeys, env, cancelled, tunnelProgram, redact, onTunnel } = dependencies;
  if (!tunnel || report.result !== 'passed') return report;
  if (reached.connection.kind === 'local') {
    log.info('No tunnel is needed: the ports are on this runner already.');
    return report;
  }
  const started = clock.now();
  const durationMs = () => report.durationMs + clock.now() - started;
  const path = join(env.RUNNER_TEMP || tmpdir(), `kafka-al2023-${report.runId}-tunnel.log`);
  const open = async () => {
    const machines = endsOf(report, reached);
    const starter = process.ppid > 1 ? identify(process.ppid) : undefined;
    await startTunnel(
      { machines, shownKeys: firstKeys.all, starter },
      {
        signal: cancelled,
        clock,
        log: path,
        program: tunnelProgram,
        env: tunnelEnv(env, text => redact(text) !== text),
        onStarted: onTunnel,
      },
    );
    log.info(`its log: ${path}`);
    return machines.flatMap(({ forwards }) => forwards.map(({ port }) => `localhost:${port}`));
  };
  try {
    const addresses = await stage(
      dependencies,
      'Tunnel',
      open,
      (opened, took) => `${opened.join(', ')} in ${took}, until the end of the job`,
    );
    return { ...report, tunnel: { addresses, log: path }, durationMs: durationMs() };
  } catch (error) {
    const failure = failureOf('tunnel', toActionError(error));
    return { ...report, result: 'failed', failure, durationMs: durationMs() };
  }
}
