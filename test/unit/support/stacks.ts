import { type Deployment, readDeployment } from '../../../src/compose/deployment.ts';
import { readStack as readFiles, type Stack } from '../../../src/compose/stack.ts';

const fileOf = (text: string) => [{ path: 'docker-compose.yml', text }];

/** The stack that a single compose file makes. */
export const readStack = (text: string): Stack => readFiles(fileOf(text));

/** The deployment of a single compose file. */
export const deploymentOf = (text: string): Deployment => readDeployment(fileOf(text));
