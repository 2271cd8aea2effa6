import { type Deployment, readDeployment, withoutProfiles } from '../../../src/compose/deployment.ts';
import { readKafka } from '../../../src/compose/kafka-model.ts';
import { loadCompose } from '../../../src/compose/load.ts';
import { machineView } from '../../../src/compose/machine-view.ts';
import { type Stack, stackOf } from '../../../src/compose/stack.ts';

const fileOf = (text: string) => [{ path: 'docker-compose.yml', text }];

/** The stack that a single compose file makes, also one that could not be deployed. */
export function readStack(text: string): Stack {
  const model = withoutProfiles(loadCompose(fileOf(text)).model);
  const kafka = readKafka(model);
  return stackOf(model, kafka, machineView(model, kafka));
}

/** The deployment of a single compose file. */
export const deploymentOf = (text: string): Deployment => readDeployment(fileOf(text));
