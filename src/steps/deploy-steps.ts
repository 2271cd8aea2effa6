import type { Deployment } from '../compose/deployment.ts';
import type { Config } from '../config.ts';
import { composeBinaryStep } from './compose-binary.ts';
import { directoryStep, filesStep } from './files.ts';
import { imagesStep } from './images.ts';
import { kafkaReadyStep } from './kafka-ready.ts';
import { type Machine, machineStep } from './machine.ts';
import { dockerServiceStep, packageStep, systemUpdateStep } from './packages.ts';
import { virtualEnvironmentStep } from './python.ts';
import type { SmokeTestOptions } from './smoke-test-options.ts';
import { stackStep } from './stack.ts';
import type { Step } from './step.ts';
import { topicStep } from './topic.ts';

/** The files that come with the action and go to the machine. */
export interface Assets {
  readonly deployment: Deployment;
  /** Texts of client/producer.py, consumer.py and requirements.txt. */
  readonly producer: string;
  readonly consumer: string;
  readonly requirements: string;
}

/** The guide's four parts, in its order. What a step needs decides when it runs, so that downloads go side by side. */
export function deploySteps(
  config: Config,
  assets: Assets,
  machine: Machine,
  note: SmokeTestOptions['note'],
): Step[] {
  const directory = `${machine.home}/${config.directory}`;
  const { stack, composeFiles, files } = assets.deployment;
  const project = { name: config.projectName, directory, composeFiles };
  const afterUpdate = config.updatePackages ? 'system-update' : 'machine';
  return [
    // 1/4: the compose file on the machine
    machineStep(machine, stack),
    directoryStep(directory),
    filesStep({
      name: 'compose-file',
      title: composeFiles.join(', '),
      guide: '1/4.3, 4/4.0',
      needs: ['directory'],
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
    filesStep({
      name: 'clients',
      title: 'producer.py and consumer.py',
      guide: '4/4.3',
      needs: ['directory'],
      files: new Map([
        [`${directory}/producer.py`, assets.producer],
        [`${directory}/consumer.py`, assets.consumer],
        [`${directory}/requirements.txt`, assets.requirements],
      ]),
    }),
    virtualEnvironmentStep({ directory, requirements: assets.requirements }),
    kafkaReadyStep(project, stack, config.smokeTest.group, config.smokeTest.timeoutMs),
    topicStep(config.smokeTest.topic, stack.bootstrapServers, note),
  ];
}
