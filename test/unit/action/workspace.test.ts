import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readComposeFiles, writeComposeFiles } from '../../../src/action/workspace.ts';
import type { ComposeChoice } from '../../../src/config/deployment-inputs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { thrownBy } from '../support/thrown-error.ts';

const workspace = temporaryFolder();
mkdirSync(join(workspace, 'ci'));
writeFileSync(join(workspace, 'ci/kafka.yml'), 'services: {}\n');
const choice = (...files: string[]): ComposeChoice => ({
  files,
  stack: 'kraft',
  lintLevel: 'error',
  fix: false,
});

describe('the compose files of the workspace', () => {
  it("are the action's own when none is named", () => {
    const { files, isOwn, readFile } = readComposeFiles(choice(), process.cwd(), workspace);
    expect(isOwn).toBe(false);
    expect(files).toEqual([
      { path: 'docker-compose.yml', text: readFileSync('stacks/kraft/docker-compose.yml', 'utf8') },
    ]);
    expect(readFile('ci/kafka.yml')).toBeUndefined();
  });

  it.each(['ci/kafka.yml', './ci/kafka.yml', 'ci/../ci/kafka.yml', join(workspace, 'ci/kafka.yml')])(
    'are known by their path from its root: %s',
    path => {
      const { files, isOwn } = readComposeFiles(choice(path), process.cwd(), workspace);
      expect({ files, isOwn }).toEqual({
        files: [{ path: 'ci/kafka.yml', text: 'services: {}\n' }],
        isOwn: true,
      });
    },
  );

  it('may name other files of the workspace', () => {
    const { readFile } = readComposeFiles(choice('ci/kafka.yml'), process.cwd(), workspace);
    expect(readFile('ci/kafka.yml')).toBe('services: {}\n');
    expect(readFile('ci/none.env')).toBeUndefined();
  });

  it.each([
    ['ci/none.yml', 'compose-file: ci/none.yml: it is not there'],
    ['ci', 'compose-file: ci: it is a directory, not a regular file'],
  ])('are named when they cannot be read: %s', (path, message) => {
    const error = thrownBy(() => readComposeFiles(choice(path), process.cwd(), workspace));
    expect(error).toMatchObject({ code: 'compose-file-unreadable' });
    expect(error.message).toBe(message);
  });

  it('are written back where they were', () => {
    writeComposeFiles([{ path: 'ci/kafka.yml', text: 'services: { a: {} }\n' }], workspace);
    expect(readFileSync(join(workspace, 'ci/kafka.yml'), 'utf8')).toBe('services: { a: {} }\n');
  });
});
