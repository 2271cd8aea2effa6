import type { Deployment } from '../../compose/deployment/deployment.ts';
import type { Step } from '../step.ts';
import { textFilesStep } from './text-files.ts';

/** The compose files, and those that they name, in the project's directory. */
export const composeFileStep = (directory: string, { composeFiles, files }: Deployment): Step =>
  textFilesStep({
    name: 'compose-file',
    title: composeFiles.join(', '),
    guide: '1/4.3, 4/4.0',
    needs: ['directory', 'deployment-record'],
    files: new Map([...files].map(([path, text]) => [`${directory}/${path}`, text])),
  });
