import type { Step } from '../step.ts';
import { textFilesStep } from './text-files.ts';

/** The guide's Python pair. */
export interface Clients {
  /** Texts of client/producer.py, consumer.py, client_settings.py and requirements.txt. */
  readonly producer: string;
  readonly consumer: string;
  readonly settings: string;
  readonly requirements: string;
  /** Text of client/requirements-codecs.txt: what the pair can do without. It stays with the action. */
  readonly codecs: string;
}

/** Their files in the project's directory. */
export const CLIENT_FILES = ['producer.py', 'consumer.py', 'client_settings.py', 'requirements.txt'] as const;

/** producer.py and consumer.py, and what they share, in the project's directory, with what pip needs for them. */
export const clientsStep = (
  directory: string,
  { producer, consumer, settings, requirements }: Clients,
): Step =>
  textFilesStep({
    name: 'clients',
    title: 'producer.py and consumer.py',
    guide: '4/4.3',
    needs: ['directory'],
    files: new Map([
      [`${directory}/producer.py`, producer],
      [`${directory}/consumer.py`, consumer],
      [`${directory}/client_settings.py`, settings],
      [`${directory}/requirements.txt`, requirements],
    ]),
  });
