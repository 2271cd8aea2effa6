import { execFile, execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the lab keeps what it builds; see lab/lab. */
const cache =
  process.env.LAB_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kafka-al2023-lab');

/**
 * Docker Compose itself, where the machine has it: `config` needs no engine. By DOCKER_COMPOSE, on the PATH, or as the lab has built
 * it.
 */
export function findDockerCompose(): string | undefined {
  const candidates = [
    process.env.DOCKER_COMPOSE,
    'docker-compose',
    ...globSync(join(cache, 'parts/compose/*/docker-compose-linux-x86_64')),
  ];
  return candidates.find(candidate => candidate !== undefined && runs(candidate));
}

function runs(program: string): boolean {
  try {
    return / v?([2-9]|\d\d)\./.test(execFileSync(program, ['version'], { encoding: 'utf8', stdio: 'pipe' }));
  } catch {
    return false;
  }
}

export interface ComposeService {
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly {
    readonly target: number;
    readonly published?: string;
    readonly protocol?: string;
    readonly host_ip?: string;
  }[];
}

/** What Compose says of a project: its services, or why it refuses it. */
export type ComposeAnswer =
  | { readonly services: Readonly<Record<string, ComposeService>> }
  | { readonly refusal: string };

/** Hands files to `docker compose config`, in a folder of their own. @param files by name; the first one is the compose file */
export async function composeConfig(
  program: string,
  files: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>> = {},
): Promise<ComposeAnswer> {
  const folder = mkdtempSync(join(tmpdir(), 'kafka-action-compose-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const [first = ''] = Object.keys(files);
    const { HOME = '/', PATH = '' } = process.env;
    return await new Promise(resolve => {
      execFile(
        program,
        ['-f', first, 'config', '--format', 'json'],
        { cwd: folder, env: { HOME, PATH, PWD: folder, ...variables }, maxBuffer: 2 ** 24 },
        (error, stdout, stderr) =>
          resolve(error ? { refusal: stderr.trim() } : { services: JSON.parse(stdout).services ?? {} }),
      );
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
