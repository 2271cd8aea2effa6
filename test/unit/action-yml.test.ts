import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';
import { INPUT_DEFAULTS, INPUT_NAMES, SECRET_INPUTS } from '../../src/config/inputs.ts';
import { ERRORS } from '../../src/error-codes.ts';
import { ActionError } from '../../src/errors.ts';
import { outputsOf } from '../../src/report/outputs.ts';
import { failedBeforeStart } from '../../src/report/report.ts';

interface ActionFile {
  readonly inputs: Record<string, { description: string; default?: string; required?: boolean }>;
  readonly outputs: Record<string, { description: string }>;
  readonly runs: { using: string; main: string; post: string; 'post-if': string };
}

const action = parse(readFileSync('action.yml', 'utf8')) as ActionFile;

describe('action.yml', () => {
  it('declares exactly the inputs that the code reads, with the same defaults', () => {
    const declared = Object.entries(action.inputs).map(([name, input]) => [
      name,
      (input.default ?? '').replace(/^\$\{\{.*\}\}$/, ''),
    ]);
    expect(Object.fromEntries(declared)).toEqual(INPUT_DEFAULTS);
    expect(Object.keys(action.inputs)).toEqual(INPUT_NAMES);
  });

  it('requires the host alone, which has no default', () => {
    const required = Object.entries(action.inputs).filter(([, input]) => input.required);
    expect(required.map(([name]) => name)).toEqual(['host']);
    expect(action.inputs.host?.default).toBeUndefined();
    const others = Object.entries(action.inputs).filter(([, input]) => input.default === undefined);
    expect(others.map(([name]) => name)).toEqual(['host']);
  });

  it('has strings for defaults, as the runner does', () => {
    for (const { default: value = '' } of Object.values(action.inputs)) expect(value).toBeTypeOf('string');
  });

  it('has defaults that are themselves valid', () => {
    const defaults = Object.fromEntries(
      Object.entries(action.inputs).map(([name, input]) => [name, input.default]),
    );
    const config = parseConfig({ ...(defaults as Record<string, string>), host: 'localhost' }, () => '');
    expect(config.connection.kind).toBe('local');
  });

  it('declares exactly the outputs that are written, and the report', () => {
    const report = failedBeforeStart(new ActionError('internal', ''), { runId: '', startedAt: new Date(0) });
    const files = ['sarif', 'report'];
    expect(Object.keys(action.outputs).filter(name => !files.includes(name))).toEqual(
      Object.keys(outputsOf(report)),
    );
    expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(files));
  });

  it('describes every input and output in sentences', () => {
    for (const { description } of [...Object.values(action.inputs), ...Object.values(action.outputs)]) {
      expect(description).toMatch(/^[A-Z`0-9].*\.$/s);
    }
  });

  it('runs on Node 24, from dist', () => {
    expect(action.runs).toEqual({
      using: 'node24',
      main: 'dist/index.js',
      post: 'dist/post/index.js',
      'post-if': 'always()',
    });
    for (const program of [action.runs.main, action.runs.post, 'dist/tunnel/index.js'])
      expect(existsSync(program), program).toBe(true);
  });

  it('names in kebab-case, for ever', () => {
    const names = [...Object.keys(action.inputs), ...Object.keys(action.outputs), ...Object.keys(ERRORS)];
    for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('has every secret among its inputs, none of them with a default', () => {
    expect(SECRET_INPUTS.map(name => action.inputs[name]?.default)).toEqual(SECRET_INPUTS.map(() => ''));
    expect(
      INPUT_NAMES.filter(name => /passphrase|password|(^|-)key$|^client-properties$/.test(name)).toSorted(),
    ).toEqual(SECRET_INPUTS.toSorted());
  });
});
