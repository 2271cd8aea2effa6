import type { Deployment } from '../../compose/deployment/deployment.ts';
import type { Config } from '../../config/config.ts';
import type { ComposeProject } from '../../machine/compose-project.ts';
import { type DeploymentRecord, recordStep } from '../../machine/deployment-records.ts';
import type { SmokeTestOptions } from '../smoke-test/options.ts';
import type { Step } from '../step.ts';
import { composeBinaryStep } from './compose-binary.ts';
import { directoryStep, filesStep } from './files.ts';
import { imagesStep } from './images.ts';
import { kafkaReadyStep } from './kafka-ready.ts';
import { type Machine, machineStep } from './machine.ts';
import { dockerServiceStep, packageStep, systemUpdateStep } from './packages.ts';
import { stackStep } from './stack.ts';
import { topicStep } from './topic.ts';
import { VIRTUAL_ENVIRONMENT, virtualEnvironmentStep } from './virtual-environment.ts';

/** The files that come with the action and go to the machine. */
export interface Assets extends Clients {
  readonly deployment: Deployment;
}

/** The guide's Python pair. */
export interface Clients {
  /** Texts of client/producer.py, consumer.py and requirements.txt. */
  readonly producer: string;
  readonly consumer: string;
  readonly requirements: string;
}

interface DeployStepsOptions {
  readonly assets: Assets;
  readonly project: ComposeProject;
  readonly machine: Machine;
  /** Address of the workflow run, if there is one. */
  readonly run: string | undefined;
  readonly portShift: number;
  readonly note: SmokeTestOptions['note'];
}

/** The guide's four parts, in its order. What a step needs decides when it runs, so that downloads go side by side. */
export function deploySteps(config: Config, options: DeployStepsOptions): Step[] {
  const { assets, project, machine, run, note } = options;
  const { directory } = project;
  const { stack, cluster, composeFiles, files } = assets.deployment;
  const afterUpdate = config.updatePackages ? 'system-update' : 'machine';
  return [
    // 1/4: the compose file on the machine
    machineStep(machine, stack),
    recordStep(machine.home, recordOf(config, options), run),
    directoryStep(directory),
    filesStep({
      name: 'compose-file',
      title: composeFiles.join(', '),
      guide: '1/4.3, 4/4.0',
      needs: ['directory', 'deployment-record'],
      files: new Map([...files].map(([path, text]) => [`${directory}/${path}`, text])),
    }),
    // 2/4: Docker
    ...(config.updatePackages ? [systemUpdateStep()] : []),
    packageStep({
      name: 'docker-package',
      title: 'Docker installed',
      guide: '2/4.2',
      needs: [afterUpdate],
      packageName: 'docker',
    }),
    dockerServiceStep(),
    // 3/4: Docker Compose
    composeBinaryStep(config.composeBinary, machine.architecture),
    // 4/4: Kafka, and the clients
    imagesStep(project, stack),
    stackStep(project, stack),
    packageStep({
      name: 'python-package',
      title: 'Python installed',
      guide: '4/4.2',
      // yum holds a lock: one installation at a time.
      needs: ['docker-package'],
      packageName: 'python3',
    }),
    ...clientSteps(directory, assets),
    kafkaReadyStep({
      ...{ project, cluster, needs: ['stack'] },
      group: config.smokeTest.group,
      timeoutMs: config.smokeTest.timeoutMs,
    }),
    topicStep(config.smokeTest.topic, cluster.bootstrapServers, note),
  ];
}

/** What the guide's Python pair needs in the directory. */
export function clientSteps(directory: string, { producer, consumer, requirements }: Clients): Step[] {
  return [
    filesStep({
      name: 'clients',
      title: 'producer.py and consumer.py',
      guide: '4/4.3',
      needs: ['directory'],
      files: new Map([
        [`${directory}/producer.py`, producer],
        [`${directory}/consumer.py`, consumer],
        [`${directory}/requirements.txt`, requirements],
      ]),
    }),
    virtualEnvironmentStep({ directory, requirements }),
  ];
}

function recordOf(
  { environment }: Config,
  { assets: { deployment }, project, portShift }: DeployStepsOptions,
): DeploymentRecord {
  return {
    version: 1,
    project: project.name,
    directory: project.directory,
    files: [
      ...deployment.files.keys(),
      'producer.py',
      'consumer.py',
      'requirements.txt',
      VIRTUAL_ENVIRONMENT,
    ],
    ...(environment === undefined ? {} : { environment }),
    portShift,
    ports: deployment.stack.publishedPorts.map(({ port }) => port),
  };
}
