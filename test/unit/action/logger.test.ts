import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionLogger } from '../../../src/action/logger.ts';
import { OutputCollector } from '../../../src/host/output.ts';
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

  it('keeps a line whole that was cut where it was read, with what that left out', () => {
    const lines = capturedOutput();
    const read: string[] = [];
    const output = new OutputCollector(line => read.push(line));
    output.write(Buffer.from('x'.repeat(1_000_000)));
    output.end();
    for (const line of read) actionLogger(text => text).info(line);
    expect(lines()).toEqual([`${'x'.repeat(65_536)} [934464 characters are left out here]`]);
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
    '\u2028::error::gotcha',
    '\v::error::gotcha',
    '\f::error::gotcha',
    '\u202e::error::gotcha',
    '\u001b[0m::error::gotcha',
    '\u001b]0;title\u0007::error::gotcha',
    '\0::error::gotcha',
    ':\u200e:error::gotcha',
    '#\u001b[1m#[error]gotcha',
    '##\u2066[error]gotcha',
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
    expect(written.replaceAll('\u200b', '')).toContain(text.slice(-6));
  });

  it.each([
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['a colour in its short form', '\u009b31mred', 'red'],
    ['the title of a window', '\u001b]0;other\u0007text', 'text'],
    ['a link', '\u001b]8;;https://evil.example\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['a device control string', '\u001bPdata\u001b\\text', 'text'],
    ['a string without an end', '\u001b]0;text', ']0;text'],
    ['movements that hide a line', 'failed\u001b[2K\u001b[1Gpassed', 'failedpassed'],
    ['a reset of the terminal', '\u001bctext', 'text'],
    ['backspaces', 'failed\b\b', 'failed'],
    ['a line that is drawn again', 'failed\rpassed', 'failedpassed'],
    ['direction marks', 'a\u202eb\u2066c\u2069d\u200e\u200f\u061ce', 'abcde'],
    ['letters that nobody sees', 'a\u{e0041}b', 'ab'],
    ['line separators', 'a\u2028b\u2029c\u0085d\ve\ff', 'a b c d e f'],
    ['nothing of what people write', 'é\tü ✔ 👩‍💻 עברית', 'é\tü ✔ 👩‍💻 עברית'],
  ])('leaves out %s', (_, text, shown) => {
    const lines = capturedOutput();
    const log = actionLogger(line => line);
    log.info(text);
    log.warning(text);
    log.debug(text);
    log.startGroup(text);
    expect(lines()).toEqual([shown, `::warning::${shown}`, `::debug::${shown}`, `::group::${shown}`]);
  });

  it.each([
    ['parted by what is left out', 'pass\u001b[0mword'],
    ['with direction marks in it', '\u202ep\u200eassword'],
    ['with a null in it', 'pass\0word'],
    ['drawn in two parts', 'pass\rword'],
  ])('blanks out a secret %s', (_, text) => {
    const lines = capturedOutput();
    actionLogger(line => line.replaceAll('password', '***')).info(text);
    expect(lines()).toEqual(['***']);
  });

  it.each([' ', '\n', '\r', '\u2028', '\u001b]', '\u001b[', '\u0090', '::', '##[', '\u202e', '\n ::'])(
    'takes a megabyte of %j in a time that grows with its length',
    piece => {
      capturedOutput();
      const before = process.threadCpuUsage().user;
      actionLogger(line => line).info(piece.repeat(1_000_000 / piece.length));
      expect(process.threadCpuUsage().user - before).toBeLessThan(2_000_000);
    },
  );

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
      '\u001b',
      '\u001b[0m',
      '\u202e',
      '\0',
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
