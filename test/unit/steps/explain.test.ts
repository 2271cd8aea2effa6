import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { explain } from '../../../src/steps/explain.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

const FULL = '/data\t\t64\t0\t9\t9\trw\t/data\n';
const signal = new AbortController().signal;
const step = { writes: { paths: ['/data'], project: 'kafka' } };

describe('a step that failed', () => {
  it('is explained by the disk that it writes to', async () => {
    const host = new ScriptedHost([[/^sh -c \nproject=/, { stdout: FULL }]]);
    const error = new ActionError('command-failed', 'it failed');
    expect(await explain({ host, signal }, step, error)).toMatchObject({ code: 'disk-full', cause: error });
    expect(host.ran[0]).toMatch(/ sh kafka \/data$/);
  });

  it('is explained by a clock that is wrong', async () => {
    const host = new ScriptedHost([
      [/^date/, { stdout: '86400\n' }],
      [/^sh/, 0],
    ]);
    const error = new ActionError('image-pull-failed', 'x509: certificate has expired');
    expect((await explain({ host, signal }, {}, error)).code).toBe('clock-wrong');
  });

  it.each(['port-in-use', 'ssh-connection-lost', 'image-not-found'] as const)(
    'is taken at its word, and the machine not looked at: %s',
    async code => {
      const error = new ActionError(code, 'no');
      expect(await explain({ host: new ScriptedHost([]), signal }, step, error)).toBe(error);
    },
  );

  it('is not looked into once the run has ended', async () => {
    const error = new ActionError('command-failed', 'no');
    const host = new ScriptedHost([[/./, { stdout: FULL }]]);
    expect(await explain({ host, signal: AbortSignal.abort() }, step, error)).toBe(error);
    expect(host.ran).toEqual([]);
  });
});
