import type { Config } from '../config/config.ts';
import type { WantedSchema } from '../kafka/registry/wanted-schemas.ts';
import { touchRecord } from '../machine/deployment-records.ts';
import { orElse } from '../machine/diagnosis.ts';
import { failedBeforeStart, type Report } from '../report/report.ts';
import type { Clients } from '../steps/deploy/clients.ts';
import { deploySteps } from '../steps/deploy/steps.ts';
import { runSteps } from '../steps/run.ts';
import { collectResults } from '../steps/smoke-test/options.ts';
import { smokeTestSteps } from '../steps/smoke-test/steps.ts';
import { judgeDeployment } from './deployable.ts';
import type { ComposeSource } from './lint.ts';
import { prepare, type Sources } from './preparation.ts';
import { aftermath, clusterResults, environmentsOn } from './results.ts';
import { type Outcome, Run, type RunDependencies, type RunResults } from './run.ts';
import { openSession } from './session.ts';
import { openTunnel, refuseObstacle, type TunnelDependencies, tunnelObstacle } from './tunnel.ts';

interface DeployDependencies extends RunDependencies, TunnelDependencies {
  readonly source: ComposeSource;
  readonly clients: Clients;
  readonly schemas: readonly WantedSchema[];
  /** Called before the machine is touched: after that there may be something to take down. */
  readonly onDeploying: () => void;
}

/**
 * Mode `deploy`: a user's own compose files are judged, then the machine gets the guide's four parts and the smoke test, then
 * the tunnel is opened.
 * @returns what was found out, also when it failed: the failure is part of the report
 */
export async function deploy(config: Config, dependencies: DeployDependencies): Promise<Outcome> {
  const { clients, schemas, source, log, onDeploying } = dependencies;
  const judged = judgeDeployment(config, source, log);
  const { lint, findings } = judged;
  const outcome = (report: Report): Outcome => ({ report: { ...report, lint }, findings });
  if (judged.refusal)
    return outcome(failedBeforeStart(judged.refusal, dependencies, { mode: 'deploy', step: 'lint' }));

  const { deploymentAt, cluster } = judged;
  const obstacle = config.environment === undefined && (await tunnelObstacle(config, cluster));
  if (obstacle) return outcome(failedBeforeStart(obstacle, dependencies, { mode: 'deploy', step: 'tunnel' }));

  onDeploying();
  const run = new Run(config, dependencies);
  const sources = { clients, deploymentAt, approve: refuseObstacle(config) };
  const report = await run.report(deployOnMachine(run, sources, schemas));
  return outcome(await openTunnel(report, config, dependencies));
}

async function deployOnMachine(
  run: Run,
  sources: Sources,
  schemas: readonly WantedSchema[],
): Promise<RunResults> {
  const { config } = run;
  await using session = await openSession(run);
  const { host, machine, runId, clock, signal } = session;

  const preparation = await prepare(session, config, sources);
  const { project } = preparation;
  const touched = orElse(clock, touchRecord(host, machine.home, project.name), undefined);
  const { cluster } = preparation.assets.deployment;

  const { found, note } = collectResults();
  const deployment = deploySteps(config, { ...preparation, machine, schemas, note });
  const steps = [
    ...deployment,
    ...smokeTestSteps({
      config: config.smokeTest,
      cluster,
      project,
      directory: project.directory,
      runId,
      note,
    }),
  ];
  // Of a machine that its step refuses nothing more is asked.
  const isSuitable = machine.isAmazonLinux2023 && machine.hasSudo;
  const outcome = await runSteps(steps, session, isSuitable ? deployment : []);

  const results = { ...found, ...clusterResults(outcome, cluster) };
  // A cancelled run has seconds left, and needs them to undo what must not stay.
  if (signal.aborted) return results;
  const environments = environmentsOn(session);
  // What explains a failure stands behind them in the log.
  if (results.failure) await environments;
  const after = await aftermath(session, project, cluster, results);
  await touched;
  return { ...results, ...(await environments), ...after };
}
