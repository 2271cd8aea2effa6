import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { onceMore } from '../../../src/host/once-more.ts';
import { RecordingLog } from '../support/recording-log.ts';

const LOST = new ActionError('ssh-connection-lost', 'the SSH connection broke', { retriable: true });

/** Work that fails with each of these in turn, and then succeeds. */
function failing(...errors: readonly unknown[]) {
  const left = [...errors];
  return async () => {
    if (left.length > 0) throw left.shift();
    return 'done';
  };
}

describe('work that may be done once more', () => {
  const { signal } = new AbortController();

  it('is, when the connection broke under it, and the log says so', async () => {
    const log = new RecordingLog();
    expect(await onceMore({ log, signal }, 'Lock', failing(LOST))).toBe('done');
    expect(log.lines).toEqual([
      'warning the SSH connection broke; connecting again and going on with "Lock"',
    ]);
  });

  it.each([
    ['a connection that breaks again', [LOST, LOST], 'the SSH connection broke'],
    ['any other error', [new ActionError('no-sudo', 'no sudo')], 'no sudo'],
  ])('fails with %s', async (_, errors, message) => {
    const log = new RecordingLog();
    await expect(onceMore({ log, signal }, 'Lock', failing(...errors))).rejects.toThrow(message);
  });

  it('is not once the run has ended', async () => {
    const ended = AbortSignal.abort(new ActionError('cancelled', 'the run was cancelled'));
    const log = new RecordingLog();
    await expect(onceMore({ log, signal: ended }, 'Lock', failing(LOST))).rejects.toThrow('cancelled');
  });
});
