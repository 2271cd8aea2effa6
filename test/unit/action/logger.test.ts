import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionLogger } from '../../../src/action/logger.ts';
import { capturedOutput } from '../support/captured-output.ts';

const COMMANDS = [
  'add-mask',
  'set-output',
  'error',
  'warning',
  'group',
  'endgroup',
  'stop-commands',
  'debug',
  'set-env',
];

/** Whether the runner would obey a line: its own two rules (actions/runner, ActionCommand.TryParseV2 and TryParse). */
function isObeyed(line: string): boolean {
  const start = line.replace(/^[\s\u0085]+/, '');
  const modern = /^::([^:\s]+)( [^:]*)?::/.exec(start)?.[1];
  const old = /##\[([^\]\s;]+)[^\]]*\]/.exec(line)?.[1];
  return [modern, old].some(name => name !== undefined && COMMANDS.includes(name));
}

describe('the log of the runner', () => {
  it('has lines of 64 KiB at most, and no part of a secret at the place where one is cut', () => {
    const lines = capturedOutput();
    const log = actionLogger(text => text.replaceAll('secret', '***'));
    log.info(`${'x'.repeat(65_530)}secret${'y'.repeat(1_000)}`);
    log.warning('z'.repeat(10_000_000));
    expect(lines()[0]).toMatch(/x\*\*\*y* \[\d+ characters are left out here\]$/);
    for (const line of lines()) expect(line.length).toBeLessThan(66_000);
  });

  it('has groups, warnings and debug lines as commands', () => {
    const lines = capturedOutput();
    const log = actionLogger(text => text);
    log.startGroup('Connect');
    log.info('plain');
    log.warning('two\nlines');
    log.debug('detail');
    log.endGroup();
    expect(lines()).toEqual([
      '::group::Connect',
      'plain',
      '::warning::two%0Alines',
      '::debug::detail',
      '::endgroup::',
    ]);
  });

  it('blanks out secrets in every kind of line', () => {
    const lines = capturedOutput();
    const log = actionLogger(text => text.replaceAll('secret', '***'));
    for (const say of [log.info, log.warning, log.debug, log.startGroup]) say('a secret');
    expect(lines().join()).not.toContain('secret');
    expect(lines()).toHaveLength(4);
  });

  it.each([
    '::set-output name=result::passed',
    '  ::error::gotcha',
    '\t::add-mask::a',
    '\u0085::set-output name=result::passed',
    '\u00a0::stop-commands::x',
    'harmless\n::error::gotcha',
    'harmless\r::error::gotcha',
    'harmless\r\n  ::error::gotcha',
    '##[error]gotcha',
    '  | ##[add-mask]passed',
    'text before ##[set-output name=result;]passed',
    '##[group]a ##[endgroup]',
  ])('does not take output of a machine for a command: %j', text => {
    const lines = capturedOutput();
    actionLogger(line => line).info(text);
    const written = lines().join('\n');
    expect(written).not.toBe('');
    for (const line of written.split(/\r\n|\r|\n/)) expect(isObeyed(line)).toBe(false);
    expect(written.replaceAll(/[\u200b\r]/g, '')).toBe(text.replaceAll('\r', ''));
  });

  it('does not take any output for a command, whatever stands around it', () => {
    const lines = capturedOutput();
    const log = actionLogger(line => line);
    const piece = fc.constantFrom(
      '::',
      ':',
      '##[',
      '#',
      '[',
      ']',
      'error',
      'add-mask',
      ' ',
      '\n',
      '\r',
      '\u0085',
      '\u2028',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const before = lines().length;
        log.info(pieces.join(''));
        const written = lines().slice(before).join('\n');
        for (const line of written.split(/\r\n|\r|\n/)) expect(isObeyed(line)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
