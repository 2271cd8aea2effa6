import { FORMS } from '../config/deployment-inputs.ts';
import { jsonObjectIn } from './json-object.ts';

/** What was deployed, as it is noted on the machine: for `down`, and for the ports of further environments. */
export interface DeploymentRecord {
  readonly version: 1;
  readonly project: string;
  /** Absolute path on the machine, in the user's home folder. */
  readonly directory: string;
  /** Everything that a deployment puts into its directory, by paths in it. */
  readonly files: readonly string[];
  /** The services of its compose files; not known of a deployment that was made by an earlier version. */
  readonly services?: readonly string[];
  readonly environment?: string;
  /** How much higher its ports are than the compose file's own. */
  readonly portShift: number;
  readonly ports: readonly number[];
}

/** A record with the address of the workflow run that noted it; none when there was none. */
type RunRecord = DeploymentRecord & { readonly run?: string };

/** What a record must be of. */
interface Place {
  /** The user's home folder on the machine. */
  readonly home: string;
  /** The project that the record's file is named after. */
  readonly project: string;
}

/** Longest text of each kind, in characters, and largest numbers. More is written by no deployment. */
const MOST = {
  project: 240,
  path: 4096,
  files: 10_000,
  services: 1_000,
  service: 255,
  ports: 20_000,
  shift: 5_000,
};
const RUN = /^https?:\/\/[!-~]{1,500}$/;

/**
 * Reads a record, which anybody may have written who can write to the user's home folder: what it names is removed one day, also as
 * root. Nothing but the known fields is taken, each of its own type and within bounds.
 * @returns undefined for a text that is no record of ours, or of another project or another home
 */
export function parseRecord(text: string, place: Place): RunRecord | undefined {
  const fields: Partial<Record<keyof RunRecord, unknown>> | undefined = jsonObjectIn(text);
  if (!fields || !isRecord(fields) || !isOf(fields, place)) return undefined;
  const { version, project, directory, files, services, environment, portShift, ports, run } = fields;
  return {
    ...{ version, project, directory, files },
    ...(services === undefined ? {} : { services }),
    ...(environment === undefined ? {} : { environment }),
    ...{ portShift, ports },
    ...(run === undefined ? {} : { run }),
  };
}

function isRecord(fields: Partial<Record<keyof RunRecord, unknown>>): fields is RunRecord {
  const { version, project, directory, files, services, environment, portShift, ports, run } = fields;
  return (
    version === 1 &&
    isText(project, MOST.project) &&
    isText(directory, MOST.path) &&
    isListOf(files, MOST.files, isFile) &&
    (services === undefined || isListOf(services, MOST.services, each => isText(each, MOST.service))) &&
    (environment === undefined ||
      (isText(environment, MOST.project) && FORMS.environment.test(environment))) &&
    isInteger(portShift, 0, MOST.shift) &&
    isListOf(ports, MOST.ports, port => isInteger(port, 1, 65_535)) &&
    (run === undefined || (isText(run, MOST.path) && RUN.test(run)))
  );
}

function isOf(record: DeploymentRecord, { home, project }: Place): boolean {
  const root = home.replace(/\/$/, '');
  const below = record.directory.slice(root.length + 1);
  return (
    record.project === project &&
    isProjectName(project) &&
    record.directory === `${root}/${below}` &&
    FORMS.directory.test(below) &&
    !below.split('/').includes('..')
  );
}

/** Whether a deployment may have this name, and so its record. */
export const isProjectName = (name: string): boolean =>
  name.length <= MOST.project && FORMS.project.test(name);

/** A path in the directory, that leads nowhere else and is not the directory itself. */
const isFile = (path: unknown): boolean =>
  isText(path, MOST.path) && path.split('/').every(part => part !== '' && part !== '.' && part !== '..');

/** One line that shows as what it is: no control characters. */
const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= most && !/\p{Cc}/u.test(value);

const isInteger = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

const isListOf = (value: unknown, most: number, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= most && value.every(isItem);
