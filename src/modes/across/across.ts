import type { Config } from '../../config/config.ts';
import type { MachinesConfig } from '../../config/machines-inputs.ts';
import type { Report } from '../../report/report.ts';
import { type DeployAcrossDependencies, deployAcross } from './deploy.ts';

/** A mode over several machines. */
export function across(
  config: Config,
  machines: MachinesConfig,
  dependencies: DeployAcrossDependencies,
): Promise<Report> {
  return deployAcross(config, machines, dependencies);
}
