import type { Cluster } from '../../compose/deployment/cluster.ts';
import type { Deployment } from '../../compose/deployment/deployment.ts';
import type { Config } from '../../config/config.ts';
import type { WantedSchema } from '../../kafka/registry/wanted-schemas.ts';
import type { ComposeProject } from '../../machine/compose-project.ts';
import type { Machine } from '../../machine/facts.ts';
import type { DeploymentRecord } from '../../machine/parse-record.ts';
import { enginePlaces } from '../../machine/troubles/full-disk.ts';
import type { SmokeTestOptions } from '../smoke-test/options.ts';
import type { Step, StepName } from '../step.ts';
import { CLIENT_FILES, type Clients, clientsStep } from './clients.ts';
import { composeBinaryStep } from './compose-binary.ts';
import { composeFileStep } from './compose-file.ts';
import { deploymentRecordStep } from './deployment-record.ts';
import { directoryStep } from './directory.ts';
import { dockerPackageStep } from './docker-package.ts';
import { dockerServiceStep } from './docker-service.ts';
import { imagesStep } from './images.ts';
import { kafkaReadyStep } from './kafka-ready.ts';
import { machineStep } from './machine.ts';
import { proxyStep } from './proxy.ts';
import { pythonPackageStep } from './python-package.ts';
import { schemasStep } from './schemas.ts';
import { stackStep } from './stack.ts';
import { systemUpdateStep } from './system-update.ts';
import { topicStep } from './topic.ts';
import { topicsStep } from './topics.ts';
import { VIRTUAL_ENVIRONMENT, virtualEnvironmentStep } from './virtual-environment.ts';

/** The files that come with the action and go to the machine. */
export interface Assets extends Clients {
  readonly deployment: Deployment;
}

/** What goes to a machine. */
export interface MachineStepsOptions {
  readonly deployment: Deployment;
  readonly project: ComposeProject;
  readonly machine: Machine;
  /** Address of the workflow run, if there is one. */
  readonly run: string | undefined;
  readonly portShift: number;
  /** What else comes to be in the directory, for the record: as paths in it. */
  readonly furtherFiles?: readonly string[];
}

/** What is made in a cluster that is up. */
interface ClusterStepsOptions {
  /** Whose containers are watched, and where its data is; none for a cluster over several machines. */
  readonly project: ComposeProject | undefined;
  readonly cluster: Cluster;
  /** Schemas to be registered; none where the cluster has no registry. */
  readonly schemas: readonly WantedSchema[];
  readonly note: SmokeTestOptions['note'];
}

interface DeployStepsOptions
  extends Omit<MachineStepsOptions, 'deployment'>,
    Omit<ClusterStepsOptions, 'project' | 'cluster'> {
  readonly assets: Assets;
}

/** The guide's four parts, in its order. What a step needs decides when it runs, so that downloads go side by side. */
export function deploySteps(config: Config, options: DeployStepsOptions): Step[] {
  const { assets, project, machine } = options;
  const { deployment } = assets;
  return [
    ...machineSteps(config, { ...options, deployment }),
    pythonPackageStep([stepOrder(config, machine).afterUpdate]),
    ...clientSteps(machine.home, project.directory, assets),
    ...clusterSteps(config, { ...options, cluster: deployment.cluster }),
  ];
}

/** What each machine of a cluster gets, until its containers are up. */
export function machineSteps(config: Config, options: MachineStepsOptions): Step[] {
  const { deployment, project, machine, run } = options;
  const { directory } = project;
  const { stack, cluster } = deployment;
  const { hasProxyStep, beforeDownloads, afterUpdate } = stepOrder(config, machine);
  // Without it nothing can be downloaded, or asked of those who offer it.
  const byProxy = (step: Step): Step => (hasProxyStep ? { ...step, reads: ['proxy'] } : step);
  return [
    // 1/4: the compose file on the machine
    machineStep(machine, stack),
    deploymentRecordStep(machine.home, recordOf(config, options), run),
    directoryStep(machine.home, directory),
    composeFileStep(machine.home, directory, deployment),
    ...(hasProxyStep ? [proxyStep(config.proxy, machine.user)] : []),
    // 2/4: Docker
    ...(config.updatePackages ? [byProxy(systemUpdateStep(config.release, [beforeDownloads]))] : []),
    dockerPackageStep([afterUpdate]),
    dockerServiceStep(),
    // 3/4: Docker Compose
    byProxy(composeBinaryStep(config.composeBinary, machine.architecture, [beforeDownloads])),
    // 4/4: Kafka, and the clients
    imagesStep(project, stack, config.imageRegistry),
    stackStep(project, stack, cluster.members),
  ];
}

/** What comes before the downloads, and before the packages. */
function stepOrder({ proxy, updatePackages }: Config, { hasProxy }: Machine) {
  // A run without a proxy takes back that of an earlier one.
  const hasProxyStep = proxy !== undefined || hasProxy;
  const beforeDownloads: StepName = hasProxyStep ? 'proxy' : 'machine';
  const afterUpdate: StepName = updatePackages ? 'system-update' : beforeDownloads;
  return { hasProxyStep, beforeDownloads, afterUpdate };
}

/** What is waited for, and then made, in the cluster itself. */
export function clusterSteps(config: Config, options: ClusterStepsOptions): Step[] {
  const { project, cluster, note } = options;
  const { group, timeoutMs } = config.smokeTest;
  const writes = enginePlaces(project?.name);
  return [
    kafkaReadyStep({ project, cluster, needs: ['stack'], group, timeoutMs }),
    ...[...topicSteps(config, cluster.bootstrapServers, note), ...schemaSteps(options)].map(step => ({
      ...step,
      writes,
    })),
  ];
}

/** The user's own topics come first: the smoke test's may be one of them. */
function topicSteps(
  { topics, smokeTest }: Config,
  servers: readonly string[],
  note: SmokeTestOptions['note'],
): Step[] {
  if (topics.length === 0) return [topicStep(smokeTest.topic, servers, note)];
  return [topicsStep(topics, servers), topicStep(smokeTest.topic, servers, note, ['topics'])];
}

function schemaSteps({ schemas, cluster: { schemaRegistryUrl } }: ClusterStepsOptions): Step[] {
  return schemas.length > 0 && schemaRegistryUrl !== undefined
    ? [schemasStep(schemas, schemaRegistryUrl)]
    : [];
}

/** What the guide's Python pair needs in the directory. @param home the user's home folder on the machine */
export function clientSteps(home: string, directory: string, clients: Clients): Step[] {
  const { requirements, codecs } = clients;
  return [clientsStep(directory, clients), virtualEnvironmentStep({ home, directory, requirements, codecs })];
}

function recordOf(
  { environment }: Config,
  { deployment, project, portShift, furtherFiles = [] }: MachineStepsOptions,
): DeploymentRecord {
  return {
    version: 1,
    project: project.name,
    directory: project.directory,
    files: [...deployment.files.keys(), ...CLIENT_FILES, VIRTUAL_ENVIRONMENT, ...furtherFiles],
    services: deployment.stack.services,
    environment,
    portShift,
    ports: deployment.stack.publishedPorts.map(({ port }) => port),
  };
}
