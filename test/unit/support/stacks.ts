import { type Cluster, clusterOf } from '../../../src/compose/deployment/cluster.ts';
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

/** What a single compose file puts on a machine and how it is reached, also if it could not be deployed. */
export function readProject(text: string): { stack: Stack; cluster: Cluster } {
  const model = withoutProfiles(loadCompose(fileOf(text)).model);
  const kafka = readKafka(model);
  const view = machineView(model, kafka);
  return { stack: stackOf(model, view), cluster: clusterOf(model, kafka, view) };
}

export const readStack = (text: string): Stack => readProject(text).stack;

/** The deployment of a single compose file. */
export const deploymentOf = (text: string): Deployment => readDeployment(fileOf(text));
