import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { FaultKind } from '../../../../src/compose/reader/fault.ts';
import { loadCompose } from '../../../../src/compose/reader/load.ts';
import type { Service } from '../../../../src/compose/reader/model.ts';
import { type ComposeService, composeConfig, findDockerCompose } from '../../support/docker-compose.ts';
import { BESIDE, environmentText, plausibleProject, template } from '../../support/plausible-projects.ts';

const program = findDockerCompose();
/** With every profile, for Compose looks at no service whose profile is off. */
const VARIABLES = { SET: 'value', EMPTY: '', COMPOSE_PROFILES: '*' };
/** Each is a process of its own. More of them, and others, by COMPOSE_RUNS and COMPOSE_SEED. */
const RUNS = Number(process.env.COMPOSE_RUNS ?? 50);
const SEED = Number(process.env.COMPOSE_SEED ?? 14);
const TIMEOUT_MS = 120_000;

/** What is no reason for Compose to refuse a file. */
const WARNINGS = new Set<FaultKind>(['variable-unset', 'file-unread', 'include-not-followed']);

interface Said {
  readonly image: string | undefined;
  readonly environment: Readonly<Record<string, string | null>>;
  /** Undefined where the reader does not say: a port depends on a variable that is not set. */
  readonly ports: readonly string[] | undefined;
}
/** Services by name, both sides in the same words. */
type Answer = Readonly<Record<string, Said>> | 'refused';
type Files = Readonly<Record<string, string>>;

/** Holds what the reader says of files against what Compose says. @param files by name; the first one is the compose file */
async function expectAgreement(files: Files): Promise<void> {
  const said = readerSays(files);
  expect(said).toEqual(await composeSays(files, said));
}

async function composeSays(files: Files, reader: Answer): Promise<Answer> {
  const answer = await composeConfig(program ?? '', files, VARIABLES);
  if ('refusal' in answer) return 'refused';
  return Object.fromEntries(
    Object.entries(answer.services).map(([name, { image, environment = {}, ports = [] }]) => {
      const isOpen = reader !== 'refused' && reader[name]?.ports === undefined;
      const said = { image, environment: unescaped(environment) };
      return [name, { ...said, ports: isOpen ? undefined : ports.map(portText).sort() }];
    }),
  );
}

/** `config` writes a dollar sign as a compose file has it. A line of an env file may have a value and no name. */
const unescaped = (environment: NonNullable<ComposeService['environment']>) =>
  Object.fromEntries(
    Object.entries(environment)
      .filter(([name]) => name !== '')
      .map(([name, value]) => [name, value?.replaceAll('$$', '$') ?? null]),
  );

const portText = ({ host_ip = '', published = '', target, protocol = 'tcp' }: PortOf) =>
  `${host_ip}:${published}:${target}/${protocol}`;
type PortOf = NonNullable<ComposeService['ports']>[number];

function readerSays(files: Files): Answer {
  const [path = ''] = Object.keys(files);
  const { model, faults } = loadCompose([{ path, text: files[path] ?? '' }], {
    readFile: name => files[name],
    variables: VARIABLES,
  });
  if (faults.some(({ kind }) => !WARNINGS.has(kind)) || model.services.some(hasSpaceAfterName))
    return 'refused';
  return Object.fromEntries(
    model.services.map(service => [
      service.name,
      {
        image: service.image?.text || undefined,
        environment: environmentOf(service),
        ports: service.portsComplete ? portsOf(service) : undefined,
      },
    ]),
  );
}

/** The rule environment-name-whitespace says so. */
const hasSpaceAfterName = ({ environment }: Service) =>
  [...environment.values()].some(({ name, form }) => form === 'list' && name.endsWith(' '));

/** A name alone that is not set outside: the service has it without a value; from an env file it has none. */
const environmentOf = ({ environment }: Service) =>
  Object.fromEntries(
    [...environment.values()].flatMap(({ name, value, form }) => {
      const isOutside = value.text === '' && value.unresolved.includes(name);
      return isOutside && form === 'file' ? [] : [[name, isOutside ? null : value.text]];
    }),
  );

/** A range of ports one by one, as `config` has them. */
function portsOf({ ports }: Service): string[] {
  return ports
    .flatMap(({ address = '', published, target, protocol }) =>
      Array.from({ length: target.to - target.from + 1 }, (_, index) => {
        const single = published && target.from === target.to && published.to > published.from;
        const outside = single ? `${published.from}-${published.to}` : published && published.from + index;
        return `${address}:${outside ?? ''}:${target.from + index}/${protocol}`;
      }),
    )
    .sort();
}

describe.skipIf(program === undefined)(
  `the reader and ${program === undefined ? 'Docker Compose, which is not on this machine,' : 'docker compose config'}`,
  () => {
    it(
      'agree on files of every kind',
      () =>
        fc.assert(
          fc.asyncProperty(plausibleProject, async text => {
            const files = { 'compose.yml': text, ...BESIDE };
            await expectAgreement(files);
          }),
          { numRuns: RUNS, seed: SEED },
        ),
      TIMEOUT_MS,
    );

    it(
      'agree on variables',
      () =>
        fc.assert(
          fc.asyncProperty(template, async value => {
            const files = {
              'compose.yml': stringify({ services: { a: { image: 'x', environment: { A: value } } } }),
            };
            await expectAgreement(files);
          }),
          { numRuns: RUNS, seed: SEED },
        ),
      TIMEOUT_MS,
    );

    it(
      'agree on env files',
      () =>
        fc.assert(
          fc.asyncProperty(environmentText, async text => {
            const files = { 'compose.yml': 'services: {a: {image: x, env_file: a.env}}', 'a.env': text };
            await expectAgreement(files);
          }),
          { numRuns: RUNS, seed: SEED },
        ),
      TIMEOUT_MS,
    );

    const own = globSync(['stacks/*/docker-compose.yml', 'test/unit/lint/files/**/*.yml']);
    it.each(own)('agree on %s', async path => {
      const beside = globSync(`${path.replace(/[^/]*$/, '')}*.env`);
      const files = Object.fromEntries(
        [path, ...beside].map(each => [basename(each), readFileSync(each, 'utf8')]),
      );
      await expectAgreement(files);
    });
  },
);
