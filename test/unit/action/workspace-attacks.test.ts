import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readComposeFiles, writeComposeFiles } from '../../../src/action/workspace.ts';
import { readDeployment } from '../../../src/compose/deployment/deployment.ts';
import type { ComposeChoice } from '../../../src/config/deployment-inputs.ts';
import { lintCompose } from '../../../src/lint/lint.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { thrownBy } from '../support/thrown-error.ts';

const SECRET = 'SECRET=do-not-upload';
const outside = temporaryFolder();
const workspace = temporaryFolder();
const choice = (...files: string[]): ComposeChoice => ({
  files,
  stack: 'kraft',
  lintLevel: 'off',
  fix: false,
});
const open = (...files: string[]) => readComposeFiles(choice(...files), process.cwd(), workspace);
const inWorkspace = (path: string) => join(workspace, path);
const broker = readFileSync('stacks/kraft/docker-compose.yml', 'utf8');
const naming = (line: string) => broker.replace('    image:', `    ${line}\n    image:`);

beforeAll(() => {
  for (const folder of ['ci', '.git', 'ci/.aws', '.hidden']) mkdirSync(inWorkspace(folder));
  for (const path of ['.git/config', 'ci/.aws/credentials', 'ci/.npmrc', '.hidden/a.env', 'ci/.env.local'])
    writeFileSync(inWorkspace(path), SECRET);
  writeFileSync(join(outside, 'secret.env'), SECRET);
  writeFileSync(inWorkspace('ci/large.env'), `${SECRET}\n#${'x'.repeat(1024 * 1024)}`);
  symlinkSync('/proc/self/environ', inWorkspace('ci/environ.env'));
  symlinkSync(join(outside, 'secret.env'), inWorkspace('ci/link.env'));
  symlinkSync('.env.local', inWorkspace('ci/inside.env'));
  symlinkSync('../.git', inWorkspace('ci/data'));
  symlinkSync('nowhere', inWorkspace('ci/dangling.env'));
  symlinkSync('/dev/zero', inWorkspace('ci/zero.env'));
  symlinkSync(outside, inWorkspace('away'));
  spawnSync('mkfifo', [inWorkspace('ci/fifo.env')]);
});

const LINK = /is a symbolic link, and links are not followed/;
/** Each attack: what a compose file names, and how it is refused. */
const ATTACKS: [string, string, RegExp][] = [
  ['the environment of the action by a link', 'environ.env', LINK],
  ['a file outside by a link', 'link.env', LINK],
  ['a file beside by a link', 'inside.env', LINK],
  ['a link to nothing', 'dangling.env', LINK],
  ['a device by a link', 'zero.env', LINK],
  ['a file of git', '../.git/config', /is in \.git/],
  ['a file of git by a linked folder', 'data/config', /is reached by ci\/data, which is a symbolic link/],
  ['the state of a tool', '.aws/credentials', /is hidden \(\.aws\)/],
  ['a hidden file', '.npmrc', /is hidden \(\.npmrc\)/],
  ['a hidden folder above', '../.hidden/a.env', /is hidden \(\.hidden\)/],
  ['a FIFO', 'fifo.env', /is a FIFO, not a regular file/],
  ['a directory', '.', /is a directory, not a regular file/],
  ['a file that is too large', 'large.env', /has \d+ bytes, and only 1048576 are read/],
  ['a file outside of the workspace', '../../../../../../../../proc/self/environ', /is not in the workspace/],
  ['a linked folder', '../away/secret.env', /is reached by away, which is a symbolic link/],
];

describe('a compose file that names', () => {
  it.each(ATTACKS)('%s as env_file carries nothing to the machine', (_, path, reason) => {
    const source = open('ci/kafka.yml');
    const files = [{ path: 'ci/kafka.yml', text: naming(`env_file: ${path}`) }];
    expect(thrownBy(() => readDeployment(files, source))).toMatchObject({
      code: 'compose-file-unsupported',
      message: expect.stringMatching(reason),
    });
    const [finding] = lintCompose(files, source).filter(({ ruleId }) => ruleId === 'file-refused');
    expect(finding).toMatchObject({ severity: 'error', message: expect.stringMatching(reason) });
    expect(finding?.message).toContain(basename(path));
  });

  it.each(ATTACKS)('%s as the file of an extends reads nothing of it', (_, path, reason) => {
    const source = open('ci/kafka.yml');
    const text = naming(`extends: {file: "${path}", service: a}`);
    const findings = lintCompose([{ path: 'ci/kafka.yml', text }], source);
    expect(findings.find(({ ruleId }) => ruleId === 'file-refused')?.message).toMatch(reason);
  });

  it('a file that is not required is refused all the same', () => {
    const files = [
      { path: 'ci/kafka.yml', text: naming('env_file: [{path: environ.env, required: false}]') },
    ];
    expect(() => readDeployment(files, open('ci/kafka.yml'))).toThrow(LINK);
  });

  it('an absolute path is one of the machine: nothing of the runner is read', () => {
    const files = [{ path: 'ci/kafka.yml', text: naming(`env_file: ${outside}/secret.env`) }];
    const { files: sent } = readDeployment(files, open('ci/kafka.yml'));
    expect([...sent.keys()]).toEqual(['docker-compose.yml']);
  });

  it('ever more files is stopped, and each is read once', () => {
    for (let index = 0; index < 9; index++)
      writeFileSync(inWorkspace(`ci/part${index}.env`), `A${index}=${'x'.repeat(600_000)}`);
    const { readFile } = open('ci/kafka.yml');
    const read = Array.from({ length: 9 }, (_, index) => readFile(`ci/part${index}.env`));
    expect(read.filter(file => typeof file === 'string')).toHaveLength(6);
    expect(read[8]).toEqual({ refusal: expect.stringContaining('is one too many') });
    writeFileSync(inWorkspace('ci/part0.env'), SECRET);
    expect(readFile('ci/part0.env')).not.toContain(SECRET);
  });

  beforeAll(() => writeFileSync(inWorkspace('ci/kafka.yml'), broker));
});

describe('beside the compose file', () => {
  it('a .env that is a link carries nothing to the machine', () => {
    mkdirSync(inWorkspace('linked'));
    symlinkSync('/proc/self/environ', inWorkspace('linked/.env'));
    writeFileSync(inWorkspace('linked/kafka.yml'), broker);
    const source = open('linked/kafka.yml');
    expect(thrownBy(() => readDeployment(source.files, source)).message).toMatch(
      /^The file linked\/\.env is a/,
    );
  });

  it('.env and .env.… are read', () => {
    const { readFile } = open('ci/kafka.yml');
    writeFileSync(inWorkspace('ci/.env'), 'A=1');
    expect([readFile('ci/.env'), readFile('ci/.env.local')]).toEqual(['A=1', SECRET]);
  });

  it('a folder that the input names may be hidden', () => {
    mkdirSync(inWorkspace('.devcontainer'));
    writeFileSync(inWorkspace('.devcontainer/kafka.yml'), broker);
    writeFileSync(inWorkspace('.devcontainer/kafka.env'), 'A=1');
    expect(open('.devcontainer/kafka.yml').readFile('.devcontainer/kafka.env')).toBe('A=1');
  });
});

describe('compose-file', () => {
  it.each([
    ['../kafka.yml', /is not in the workspace/],
    [join(outside, 'secret.env'), /is not in the workspace/],
    ['/proc/self/environ', /is not in the workspace/],
    ['/dev/stdin', /is not in the workspace/],
    ['ci/link.env', LINK],
    ['ci/environ.env', LINK],
    ['away/secret.env', /is reached by away/],
    ['ci/fifo.env', /is a FIFO/],
    ['.git/config', /is in \.git/],
    ['ci/large.env', /has \d+ bytes/],
  ])('does not read %s', (path, reason) => {
    const error = thrownBy(() => open(path));
    expect(error).toMatchObject({ code: 'compose-file-unreadable', message: expect.stringMatching(reason) });
    expect(error.message.startsWith(`compose-file: ${path}: it `)).toBe(true);
    expect(error.message).not.toContain('SECRET');
  });

  it('does not read a socket', async () => {
    const server = createServer().listen(inWorkspace('socket.yml'));
    await new Promise(resolve => server.once('listening', resolve));
    expect(thrownBy(() => open('socket.yml')).message).toContain('it is a socket');
    server.close();
  });

  it('is read where the workspace itself is reached by a link', () => {
    writeFileSync(inWorkspace('ci/kafka.yml'), broker);
    const link = join(outside, 'workspace');
    symlinkSync(workspace, link);
    for (const named of ['ci/kafka.yml', join(link, 'ci/kafka.yml'), inWorkspace('ci/kafka.yml')])
      expect(readComposeFiles(choice(named), '.', link).files[0]?.path).toBe('ci/kafka.yml');
  });
});

describe('a fix', () => {
  const fixed = (path: string) => writeComposeFiles([{ path, text: 'fixed' }], workspace);

  it('keeps the mode of the file, and leaves nothing beside it', () => {
    mkdirSync(inWorkspace('fixes'));
    writeFileSync(inWorkspace('fixes/kafka.yml'), 'old');
    chmodSync(inWorkspace('fixes/kafka.yml'), 0o640);
    fixed('fixes/kafka.yml');
    expect(readFileSync(inWorkspace('fixes/kafka.yml'), 'utf8')).toBe('fixed');
    expect(statSync(inWorkspace('fixes/kafka.yml')).mode & 0o777).toBe(0o640);
    expect(readdirSync(inWorkspace('fixes'))).toEqual(['kafka.yml']);
  });

  it.each([
    ['ci/link.env', LINK],
    ['away/secret.env', /is reached by away/],
    ['ci/fifo.env', /is a FIFO/],
    ['ci/none.yml', /is not there/],
  ])('does not write %s', (path, reason) => {
    const error = thrownBy(() => fixed(path));
    expect(error).toMatchObject({ code: 'compose-file-unwritable', message: expect.stringMatching(reason) });
    expect(readFileSync(join(outside, 'secret.env'), 'utf8')).toBe(SECRET);
    expect(lstatSync(inWorkspace('ci/link.env')).isSymbolicLink()).toBe(true);
    expect(readdirSync(inWorkspace('ci')).filter(name => /^\..*\.[0-9a-f]{12}$/.test(name))).toEqual([]);
  });
});
