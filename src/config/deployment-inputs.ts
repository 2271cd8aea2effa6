import type { LintLevel } from '../lint/judge.ts';
import { type InputReader, shown, shownAddress } from './input-reader.ts';
import { ALL_ENVIRONMENTS } from './sweep-inputs.ts';

/** Which compose files are used, and how strictly they are judged. */
export interface ComposeChoice {
  /** The user's own, as paths in the workspace, in the order in which Docker Compose reads them; none for a stack. */
  readonly files: readonly string[];
  readonly stack: StackName;
  readonly lintLevel: LintLevel;
  /** Make the safe fixes. */
  readonly fix: boolean;
}

const LINT_LEVELS = ['error', 'warning', 'off'] as const satisfies LintLevel[];
const STACKS = ['zookeeper', 'kraft', 'kraft-single'] as const;
type StackName = (typeof STACKS)[number];

/** Where Docker Compose comes from. */
export interface ComposeBinary {
  /** `latest`, or a version such as `v2.40.3`. */
  readonly version: string;
  /** Takes the place of the release page, with its own checksum at `URL.sha256` unless `sha256` is given. */
  readonly url?: string;
  readonly sha256?: string;
}

/** What is deployed, and where on the machine. */
export interface DeploymentConfig {
  readonly compose: ComposeChoice;
  /** Compose files of a pull request may get what is the machine's. */
  readonly allowHostAccess: boolean;
  /** Below the user's home directory. */
  readonly directory: string;
  readonly projectName: string;
  /** Name of one of several clusters side by side on the machine. */
  readonly environment?: string;
  readonly updatePackages: boolean;
  /** The release of Amazon Linux to update to: `latest`, or one by its number. None to stay within the machine's. */
  readonly release?: string;
  readonly composeBinary: ComposeBinary;
}

/** The forms of names that inputs give, and that the records of deployments therefore have. */
export const FORMS = {
  directory: /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_.-]+)*$/,
  environment: /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/,
  project: /^[a-z0-9][a-z0-9_-]*$/,
} as const;

/** The inputs that say what is deployed. `environment` gives directory and project a name of their own. */
export function parseDeployment(input: InputReader): DeploymentConfig {
  const environment = parseEnvironment(input);
  const suffix = environment === undefined ? '' : `-${environment}`;
  const named = { directory: parseDirectory(input), projectName: parseProjectName(input) };
  return {
    compose: parseComposeChoice(input),
    allowHostAccess: input.boolean('allow-host-access'),
    directory: `${named.directory}${suffix}`,
    projectName: `${named.projectName}${suffix}`,
    environment,
    ...parseUpdate(input),
    composeBinary: parseComposeBinary(input),
  };
}

function parseEnvironment(input: InputReader): string | undefined {
  if (!input.has('environment') || input.text('environment') === ALL_ENVIRONMENTS) return undefined;
  return input.matching('environment', FORMS.environment, {
    form: 'a name of up to 40 lower-case letters, digits and dashes, such as pr-42',
  });
}

function parseUpdate(input: InputReader): Pick<DeploymentConfig, 'updatePackages' | 'release'> {
  const updatePackages = input.boolean('update-packages');
  const release = input.matching('release', /^$|^latest$|^2023\.\d{1,4}\.\d{8}$/, {
    form: 'a release of Amazon Linux 2023 such as 2023.10.20260202, or latest',
  });
  if (release !== '' && !updatePackages && !input.hasProblem('update-packages'))
    input.problem(
      ['release', 'update-packages'],
      'a release is taken by the update of the packages, and update-packages is false',
    );
  return { updatePackages, release: release || undefined };
}

export function parseComposeChoice(input: InputReader): ComposeChoice {
  return {
    files: input.lines('compose-file'),
    stack: input.oneOf('stack', STACKS),
    lintLevel: input.oneOf('lint-level', LINT_LEVELS),
    fix: input.boolean('fix'),
  };
}

function parseDirectory(input: InputReader): string {
  const directory = input.matching('directory', FORMS.directory, {
    form: "a path below the user's home directory, of letters, digits, dots, dashes and underscores",
  });
  if (directory.split('/').includes('..')) {
    input.problem(['directory'], `${shown(directory)} leaves the user's home directory ("..")`);
  }
  return directory;
}

/** The name that Docker Compose derives from a directory (compose-go, NormalizeProjectName); it may be empty. */
export function projectNameOf(directory: string): string {
  const name = directory.slice(directory.lastIndexOf('/') + 1).toLowerCase();
  return name.replaceAll(/[^a-z0-9_-]/g, '').replace(/^[_-]+/, '');
}

/** By default the name that Docker Compose itself derives from the directory, so that a stack set up by hand is taken over. */
function parseProjectName(input: InputReader): string {
  if (input.has('project-name')) {
    return input.matching('project-name', FORMS.project, {
      form: 'lower-case letters, digits, dashes and underscores, starting with a letter or digit (a rule of Docker Compose)',
    });
  }
  const directory = input.text('directory');
  const derived = projectNameOf(directory);
  if (derived === '' && !input.hasProblem('directory')) {
    input.problem(
      ['project-name', 'directory'],
      `no project name can be derived from ${shown(directory)}: give one`,
    );
  }
  return derived;
}

function parseComposeBinary(input: InputReader): ComposeBinary {
  const version = input.matching('compose-version', /^latest$|^v?\d+\.\d+\.\d+(-[a-z0-9.]+)?$/, {
    form: '"latest" or a version such as v2.40.3',
  });
  const url = input.text('compose-url');
  const sha256 = input.text('compose-sha256').toLowerCase();
  if (sha256 !== '' && !/^[0-9a-f]{64}$/.test(sha256)) {
    const given = shown(input.text('compose-sha256'));
    input.problem(['compose-sha256'], `${given} is not a SHA-256 checksum (64 hexadecimal digits)`);
  } else if (sha256 !== '' && url === '' && version === 'latest') {
    input.problem(
      ['compose-sha256', 'compose-version'],
      'a checksum fits one file only: pin compose-version, or give compose-url',
    );
  }
  if (/^https?:\/\/[^/]*@/.test(url)) {
    input.problem(
      ['compose-url'],
      'it holds a user name or password, which the process list of the machine would show; give an http or https address without',
    );
  } else if (url !== '' && !(/^https?:\/\/\S+$/.test(url) && URL.canParse(url)))
    input.problem(['compose-url'], `${shownAddress(url)} is not an http or https address`);
  if (url.startsWith('http:') && sha256 === '') {
    input.problem(
      ['compose-url', 'compose-sha256'],
      'a file that comes over http needs its checksum in compose-sha256',
    );
  }
  return {
    version: version === 'latest' || version.startsWith('v') ? version : `v${version}`,
    url: url || undefined,
    sha256: sha256 || undefined,
  };
}
