import { findTextFile, writeTextFile } from '../../host/files.ts';
import { recordPath } from '../../machine/deployment-records.ts';
import { refuseNamesake } from '../../machine/namesake.ts';
import { type DeploymentRecord, parseRecord } from '../../machine/parse-record.ts';
import { notYet, type Step, satisfied } from '../step.ts';

/**
 * Notes the deployment on the machine before anything of it is there, so that the remains of an interrupted run can be found
 * and taken down.
 * @param run address of the workflow run, if there is one; a record that differs in it alone stays
 */
export function deploymentRecordStep(home: string, record: DeploymentRecord, run: string | undefined): Step {
  const path = recordPath(home, record.project);
  return {
    name: 'deployment-record',
    title: 'Deployment noted on the machine',
    needs: ['machine'],
    writes: { paths: [path] },
    async check({ host }) {
      const { text = '', missing } = await findTextFile(host, path);
      const noted = parseRecord(text, { home, project: record.project });
      if (noted) await refuseNamesake(host, noted, record);
      const { run: _, ...found } = noted ?? {};
      if (JSON.stringify(found) === JSON.stringify(record)) return satisfied(`${path} as it should be`);
      if ('version' in found) return notYet(`${path} is of another deployment`);
      return notYet(missing || `${path} is no record of a deployment`);
    },
    async apply({ host, log }) {
      log.info(`write ${path}`);
      await writeTextFile(host, path, `${JSON.stringify({ ...record, run })}\n`);
    },
  };
}
