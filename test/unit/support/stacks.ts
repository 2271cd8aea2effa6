import {
  type Deployment,
  readDeployment,
  withoutProfiles,
} from '../../../src/compose/deployment/deployment.ts';
import { machineView } from '../../../src/compose/deployment/machine-view.ts';
import { type Stack, stackOf } from '../../../src/compose/deployment/stack.ts';
import { readKafka } from '../../../src/compose/kafka/kafka-model.ts';
import { loadCompose } from '../../../src/compose/reader/load.ts';

const fileOf = (text: string) => [{ path: 'docker-compose.yml', text }];

/** The stack that a single compose file makes, also one that could not be deployed. */
export function readStack(text: string): Stack {
  const model = withoutProfiles(loadCompose(fileOf(text)).model);
  const kafka = readKafka(model);
  return stackOf(model, kafka, machineView(model, kafka));
}

/** The deployment of a single compose file. */
export const deploymentOf = (text: string): Deployment => readDeployment(fileOf(text));
