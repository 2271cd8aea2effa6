import { dirname, join } from 'node:path/posix';
import { ActionError } from '../../errors.ts';
import { readEnvironmentFile } from '../reader/environment-file.ts';
import type { ComposeFile, LoadOptions } from '../reader/load.ts';
import { textOf } from '../reader/named-file.ts';
import { SourceText } from '../reader/place.ts';
import { type Deployment, readDeployment } from './deployment.ts';
import type { PublishedPort } from './machine-view.ts';

const LARGEST_PORT = 65_535;

/**
 * Reads compose files for one of several deployments of them on the same machine: every published port is `shift` higher.
 * The ports are variables of the files, such as `${BROKER_1_PORT:-19092}`; a `.env` beside them sets these. What advertises a
 * port names the same variable, so that it follows.
 *
 * @param shift 0 for the files as they are
 * @throws ActionError `compose-file-unsupported` as `readDeployment` does, and for what two deployments would fight over
 */
export function deploymentAt(files: readonly ComposeFile[], options: LoadOptions, shift: number): Deployment {
  const deployment = readDeployment(files, options);
  if (shift === 0) return deployment;
  const own = portVariables(deployment, readVariables(files, options));
  refuse([...staticProblems(deployment, own, shift), ...deployment.fixedNames.map(inTheWay)]);
  const variables = Object.fromEntries([...own].map(([name, port]) => [name, `${port + shift}`]));
  const shifted = readShifted(files, { ...options, variables: { ...options.variables, ...variables } });
  const moved = new Set(shifted.stack.publishedPorts.map(keyOf));
  const stayed = deployment.stack.publishedPorts.filter(
    each => !moved.has(keyOf({ ...each, port: each.port + shift })),
  );
  refuse(stayed.map(withoutVariable));
  const before = deployment.files.get('.env');
  const lines = Object.entries(variables).map(([name, port]) => `${name}=${port}`);
  const text = `${before === undefined ? '' : `${before.trimEnd()}\n`}# The ports of this environment.\n${lines.join('\n')}\n`;
  return { ...shifted, files: new Map([...shifted.files, ['.env', text]]) };
}

const keyOf = ({ service, address, port }: PublishedPort) => `${service} ${address} ${port}`;
const inTheWay = (what: string) => `${what}, which every environment would want: leave the name out`;
const withoutVariable = ({ service, port }: PublishedPort) =>
  `service ${service} publishes port ${port}, which every environment would want: write a variable for it, \${${variableName(service)}:-${port}}`;

/** What is seen before anything is moved. */
function staticProblems(
  { stack: { publishedPorts } }: Deployment,
  own: ReadonlyMap<string, number>,
  shift: number,
): string[] {
  const movable = new Set(own.values());
  return publishedPorts.flatMap(each => {
    if (!movable.has(each.port)) return [withoutVariable(each)];
    if (each.port + shift <= LARGEST_PORT) return [];
    return [`service ${each.service} publishes port ${each.port}: there is none ${shift} higher`];
  });
}

/** A listener that does not follow its port makes a broker that no client finds. */
function readShifted(files: readonly ComposeFile[], options: LoadOptions): Deployment {
  try {
    return readDeployment(files, options);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    throw refusalOf([
      `what advertises a port must name the same variable as what publishes it; once the ports are moved, ${error.message}`,
    ]);
  }
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw refusalOf(problems);
}

const refusalOf = (problems: readonly string[]) =>
  new ActionError('compose-file-unsupported', `not for several environments: ${problems.join('; ')}`, {
    details: problems.length > 1 ? problems : [],
  });

const variableName = (service: string) => `${service.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_PORT`;

/** What the `.env` beside the first file sets. */
function readVariables(files: readonly ComposeFile[], { readFile }: LoadOptions): Map<string, string> {
  const path = join(dirname(files[0]?.path ?? '.'), '.env');
  const text = textOf(readFile?.(path));
  const variables =
    text === undefined ? [] : readEnvironmentFile(new SourceText(path, text), () => undefined);
  return new Map(variables.map(({ name, value }) => [name.text, value.text]));
}

/** The variables that stand for a published port, by `.env` or by their default. */
function portVariables(
  { files, stack: { publishedPorts } }: Deployment,
  values: ReadonlyMap<string, string>,
): Map<string, number> {
  const published = new Set(publishedPorts.map(({ port }) => port));
  const found = new Map<string, number>();
  for (const text of files.values())
    for (const [, name = '', fallback] of text.matchAll(/\$\{?([A-Za-z_]\w*)(?::?-(\d{1,5})\})?/g)) {
      const port = Number(values.get(name) ?? fallback);
      if (published.has(port)) found.set(name, port);
    }
  return found;
}
