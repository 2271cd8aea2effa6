import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './support/temporary-folder.ts';

const folder = temporaryFolder();

describe('the Python clients', () => {
  it.each(['producer.py', 'consumer.py'])('%s compiles', script => {
    const compile =
      'import py_compile, sys; py_compile.compile(sys.argv[1], cfile=sys.argv[2], doraise=True)';
    const target = join(folder, `${script}c`);
    execFileSync('python3', ['-c', compile, join('client', script), target], { stdio: 'pipe' });
    expect(readFileSync(target).length).toBeGreaterThan(500);
  });
});
