import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSchemaFiles } from '../../../src/action/schema-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { thrownBy } from '../support/thrown-error.ts';

const workspace = temporaryFolder();
mkdirSync(join(workspace, 'schemas'));
writeFileSync(join(workspace, 'schemas', 'order.avsc'), '{"type": "string"}');
writeFileSync(join(workspace, 'large.avsc'), 'x'.repeat(256 * 1024 + 1));
symlinkSync('/etc/hostname', join(workspace, 'link.avsc'));

const read = (file: string) => readSchemaFiles([{ subject: 's', file, type: 'AVRO' }], workspace);

describe('the files of schemas', () => {
  it('are read from the workspace, by their path from there or by the whole one', () => {
    for (const file of ['schemas/order.avsc', join(workspace, 'schemas/order.avsc')])
      expect(read(file)).toEqual([{ subject: 's', type: 'AVRO', file, text: '{"type": "string"}' }]);
    expect(readSchemaFiles([], '/nonexistent')).toEqual([]);
  });

  it.each([
    ['gone.avsc', /it is not there/],
    ['../other.avsc', /is not in the workspace/],
    ['/etc/hostname', /is not in the workspace/],
    ['link.avsc', /link/],
    ['schemas', /./],
    ['large.avsc', /has 262145 bytes, and only 262144 are read/],
  ])('are refused by name: %s', (file, words) => {
    const error = thrownBy(() => read(file));
    expect(error.code).toBe('input-invalid');
    expect(error.message).toMatch(words);
    expect(error.message).toContain(`schemas: ${file}: it `);
  });
});
