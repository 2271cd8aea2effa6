import type { Config } from '../../config/config.ts';
import type { MachinesConfig } from '../../config/machines-inputs.ts';
import type { Report } from '../../report/report.ts';
import { type DeployAcrossDependencies, deployAcross } from './deploy.ts';
import { downAcross } from './down.ts';
import { planAcross } from './plan.ts';
import { smokeTestAcross } from './smoke-test.ts';

const MODES = {
  deploy: deployAcross,
  plan: planAcross,
  'smoke-test': smokeTestAcross,
  down: downAcross,
} as const;

/** What the inputs ask for, over several machines. */
export const across = (
  config: Config,
  machines: MachinesConfig,
  dependencies: DeployAcrossDependencies,
): Promise<Report> => MODES[config.mode](config, machines, dependencies);
