import type { Deployment } from '../compose/deployment/deployment.ts';
import type { Config } from '../config/config.ts';
import { onceMore } from '../host/once-more.ts';
import type { ComposeProject } from '../machine/compose-project.ts';
import { readRecords } from '../machine/deployment-records.ts';
import { choosePortShift } from '../machine/port-shift.ts';
import type { Clients } from '../steps/deploy/clients.ts';
import type { Assets } from '../steps/deploy/steps.ts';
import { workflowRunUrl } from '../workflow-run.ts';
import type { Connected } from './session.ts';

/** What a deployment is made from. */
export interface Sources {
  readonly clients: Clients;
  /** The deployment with every port so much higher. @throws ActionError `compose-file-unsupported` */
  readonly deploymentAt: (portShift: number) => Deployment;
  /** Called when the ports are known, before anything is changed. @throws ActionError to refuse them */
  readonly approve?: (deployment: Deployment) => Promise<void>;
}

/** What must be known before the first step. */
export interface Preparation {
  readonly assets: Assets;
  readonly project: ComposeProject;
  readonly portShift: number;
  readonly run: string | undefined;
}

/** Finds out which ports the deployment gets; an environment has its own. */
export async function prepare(
  connected: Connected,
  { projectName, directory, environment }: Config,
  { deploymentAt, clients, approve }: Sources,
): Promise<Preparation> {
  const { host, machine, log, env } = connected;
  const unshifted = deploymentAt(0);
  const portShift =
    environment === undefined
      ? 0
      : await onceMore(connected, 'Ports', async () =>
          choosePortShift(
            ...([host, projectName, portsOf(unshifted)] as const),
            (await readRecords(host, machine.home)).records,
          ),
        );
  const deployment = portShift === 0 ? unshifted : deploymentAt(portShift);
  await approve?.(deployment);
  const { composeFiles } = deployment;
  if (environment !== undefined)
    log.info(
      `environment ${environment}: ports ${portsOf(deployment).join(', ')}, directory ${directory}, project ${projectName}`,
    );
  return {
    assets: { ...clients, deployment },
    project: { name: projectName, directory: `${machine.home}/${directory}`, composeFiles },
    portShift,
    run: workflowRunUrl(env),
  };
}

const portsOf = ({ stack }: Deployment) => stack.publishedPorts.map(({ port }) => port);
