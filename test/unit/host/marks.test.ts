import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerReader, newMarks } from '../../../src/host/marks.ts';
import { OutputCollector } from '../../../src/host/output.ts';

const marks = newMarks();
const mark = (name: string, output = 'o') => `${marks.token}${output}:${name};`;

/** What a reader makes of a text that comes in pieces. */
function read(text: string, cuts: readonly number[] = []) {
  const lines: string[] = [];
  const reader = new AnswerReader(marks, 'o', new OutputCollector(line => lines.push(line)));
  const bytes = Buffer.from(text);
  const ends = [...cuts.filter(cut => cut < bytes.length), bytes.length].sort((a, b) => a - b);
  ends.forEach((end, index) => {
    reader.write(bytes.subarray(ends[index - 1] ?? 0, end));
  });
  const { exitCode, hasShell, hasAnswer } = reader;
  const answer = reader.close();
  return { answer, exitCode, hasShell, hasAnswer, lines, login: reader.noiseOf('login') };
}

describe('an answer among noise', () => {
  const framed = `${mark('shell')}${mark('command')}one\ntwo\n${mark('end:0')}`;

  it.each([
    ['nothing', '', ''],
    ['a line of the login shell before it', 'Welcome!\n', ''],
    ['noise without a line break', 'nvm loaded ', ' bye'],
    ['the trap of a start file after it', '', 'good bye\n'],
    ['something that begins like a mark', marks.token.slice(0, 9), marks.token.slice(0, 3)],
    ['bytes that are no text', '\u0000\u001b[0m', '\u0000'],
  ])('is found with %s', (_, before, after) => {
    const { answer, exitCode, lines, login } = read(`${before}${framed}${after}`);
    expect({ answer, exitCode, lines, login }).toEqual({
      answer: 'one\ntwo\n',
      exitCode: 0,
      lines: ['one', 'two'],
      login: before,
    });
  });

  it('is the same wherever it is cut', () => {
    const piece = fc.constantFrom(
      'a',
      '\n',
      marks.token,
      marks.token.slice(0, 5),
      `${marks.token}o:`,
      'ü',
      ';',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.array(fc.nat(200), { maxLength: 12 }),
        fc.nat(255),
        (pieces, cuts, code) => {
          const text = pieces.join('');
          // A token without its end swallows nothing of what is no name of a mark.
          fc.pre(!/[oe]:(shell|command|end:\d+);/.test(text));
          const whole = `noise${mark('shell')}${mark('command')}${text}\n${mark(`end:${code}`)}later`;
          expect(read(whole, cuts)).toMatchObject({ answer: `${text}\n`, exitCode: code });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps what sudo says apart from it', () => {
    const { answer } = read(
      `${mark('shell')}sudo: unable to resolve host\n${mark('command')}x${mark('end:3')}`,
    );
    expect(answer).toBe('x');
  });

  it('has no end mark when it was cut off', () => {
    expect(read(`${mark('shell')}${mark('command')}half`)).toMatchObject({
      answer: 'half',
      exitCode: undefined,
      hasShell: true,
    });
    expect(read(`${mark('shell')}${mark('command')}half${marks.token}o:en`)).toMatchObject({
      exitCode: undefined,
    });
  });

  it('does not begin when sudo refuses the command', () => {
    expect(read(`${mark('shell')}sudo: a password is required\n${mark('end:1')}`)).toMatchObject({
      answer: '',
      exitCode: 1,
      hasAnswer: false,
    });
  });

  it('is none when the login shell runs something else', () => {
    expect(read('This account is currently not available.\n')).toMatchObject({
      answer: '',
      hasShell: false,
      login: 'This account is currently not available.\n',
    });
  });

  it('is told from the marks of the other output that a start file has joined to it', () => {
    const joined = ['shell', 'command'].map(name => `${mark(name)}${mark(name, 'e')}`).join('');
    const { answer, exitCode } = read(`${joined}x\n${mark('end:0')}${mark('end:0', 'e')}`);
    expect({ answer, exitCode }).toEqual({ answer: 'x\n', exitCode: 0 });
  });

  it('is handed on as it comes, but for what may be the beginning of a mark', () => {
    const lines: string[] = [];
    const reader = new AnswerReader(marks, 'o', new OutputCollector(line => lines.push(line)));
    reader.write(Buffer.from(`${mark('shell')}${mark('command')}first\nsecond\n${marks.token.slice(0, 4)}`));
    expect(lines).toEqual(['first', 'second']);
  });

  it.each([
    ['a code that does not end', `${mark('shell')}${mark('command')}a${marks.token}o:end:${'9'.repeat(60)}`],
    ['a name that ends later', `${mark('shell')}${mark('command')}a${marks.token}o:end:${'9'.repeat(60)};`],
  ])('ends although the machine makes up a mark with %s', (_, text) => {
    expect(read(text)).toMatchObject({ answer: expect.stringMatching(/^a.*99/), exitCode: undefined });
  });

  it('does not fill the memory with noise', () => {
    const { login, answer } = read(`${'x'.repeat(100_000)}${framed}`);
    expect(login.length).toBeLessThan(20_000);
    expect(answer).toBe('one\ntwo\n');
  });
});

it('the marks of two commands differ', () => {
  expect(newMarks().token).not.toBe(newMarks().token);
});
