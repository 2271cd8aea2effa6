import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import { clockTrouble } from '../../../../src/machine/troubles/wrong-clock.ts';
import { type Answer, ScriptedHost } from '../../support/scripted-host.ts';

const NOW_MS = Date.parse('2026-11-26T12:00:00Z');
const seconds = (time: string): Answer => ({ stdout: `${Date.parse(time) / 1000}\n` });
const CURL = 'curl: (60) SSL certificate problem: certificate is not yet valid';
const DOCKER =
  'x509: certificate has expired or is not yet valid: current time 2031-01-01T00:00:00Z is after 2027-01-01T00:00:00Z';

const trouble = (words: string, date: Answer = seconds('2026-11-26T12:01:00Z')) =>
  clockTrouble(
    new ScriptedHost([['date +%s', date]]),
    new ActionError('compose-download-failed', 'no', { details: [words] }),
    NOW_MS,
  );

describe('a certificate that is refused', () => {
  it.each<[string, string, Answer | undefined]>([
    ['as Docker tells it', DOCKER.replace('2031-01-01', '2031-99-99'), undefined],
    ['as Docker tells it, with anything behind it', DOCKER.replace('T00:00:00Z', 'Tx\u001b[2JZ'), undefined],
    ['as the machine tells it', CURL, { stdout: '9999999999999999999\n' }],
    ['as the machine tells it, in a far year', CURL, { stdout: '8640000000000\n' }],
  ])('is no fault of a clock whose time is no date: %s', async (_, words, date) => {
    expect(await trouble(words, date)).toBeUndefined();
  });

  it.each<[string, string, Answer | undefined, RegExp]>([
    [
      'before its time',
      CURL,
      seconds('2026-11-25T12:00:00Z'),
      /says 2026-11-25T12:00:00Z, 24 hours behind the runner's/,
    ],
    ['minutes before', CURL, seconds('2026-11-26T11:50:00Z'), /10 minutes behind/],
    ['after its time', 'certificate has expired', seconds('2036-11-26T12:00:00Z'), /3653 days ahead of/],
    [
      'by Docker, which says what time it sees',
      DOCKER,
      undefined,
      /says 2031-01-01T00:00:00Z, 1497 days ahead of/,
    ],
  ])('is the fault of a wrong clock: %s', async (_, words, date, said) => {
    const error = await trouble(words, date);
    expect(error).toMatchObject({ code: 'clock-wrong', details: [words] });
    expect(error?.message).toMatch(said);
  });

  it.each<[string, string, Answer | undefined]>([
    ['the clock is right', CURL, undefined],
    ['the clock is not known', CURL, { stdout: 'nonsense' }],
    ['the machine does not answer', CURL, { throws: new Error('lost') }],
    ['it is of nobody that is trusted', 'self-signed certificate', seconds('2020-01-01T00:00:00Z')],
  ])('is not when %s', async (_, words, date) => {
    expect(await trouble(words, date)).toBeUndefined();
  });
});
