import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/error-codes.ts';
import { ActionError, actionErrorIn, finalErrorIn, lastLines, toActionError } from '../../src/errors.ts';

describe('every error code', () => {
  it.each(Object.entries(ERRORS))('%s has a meaning and a hint in sentences', (_, { meaning, hint }) => {
    expect(meaning).toMatch(/^[A-Za-z].{10,}\.$/);
    expect(hint).toMatch(/^[A-Z].{10,}/);
    expect(hint).not.toBe(meaning);
  });

  it.each(Object.entries(ERRORS))('%s has a hint that stands alone, as in an annotation', (_, { hint }) => {
    expect(hint).not.toMatch(/\b(?:lines|named|are) above\b/);
  });

  it('points to pages that there are', () => {
    const hints = Object.values(ERRORS).map(({ hint }) => hint);
    const files = hints.flatMap(hint => hint.match(/docs\/[\w./-]+\.md/g) ?? []);
    expect(files).not.toEqual([]);
    for (const file of files) expect(existsSync(file), file).toBe(true);
  });

  it('has a meaning and a hint of its own', () => {
    const texts = Object.values(ERRORS).flatMap(({ meaning, hint }) => [meaning, hint]);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('an error of the action', () => {
  it('has the hint of its code', () => {
    const error = new ActionError('no-sudo', 'it cannot');
    expect(error).toMatchObject({
      name: 'ActionError',
      hint: ERRORS['no-sudo'].hint,
      details: [],
      retriable: false,
      facts: {},
    });
    expect(error.cause).toBeUndefined();
  });

  const options = {
    ...{ hint: 'do this', cause: new Error('why'), details: ['a line'], retriable: true },
    facts: { silentBrokers: ['localhost:19092'] },
  };

  it('may have a better hint, a cause, details and facts', () => {
    expect(new ActionError('internal', 'x', options)).toMatchObject(options);
  });

  it('keeps all that is not named when something of it changes', () => {
    const error = new ActionError('internal', 'x', options);
    expect(error.with({ message: 'y' })).toMatchObject({ ...options, code: 'internal', message: 'y' });
    expect(error.with({ facts: {} })).toMatchObject({ ...options, facts: {}, message: 'x' });
  });
});

describe('an error of the action that a library has wrapped', () => {
  const own = new ActionError('ssh-forwarding-refused', 'no');
  const lost = new ActionError('ssh-connection-lost', 'broke', { retriable: true });
  const circle: { cause?: unknown } = {};
  circle.cause = { cause: circle, errors: [own] };

  it.each<[string, unknown]>([
    ['not at all', own],
    ['as the cause', new Error('a', { cause: new Error('b', { cause: own }) })],
    ['as the original error', Object.assign(new Error('a'), { originalError: own })],
    ['as the code', Object.assign(new Error('a'), { code: own })],
    ['in a list', new Error('a', { cause: new AggregateError([new Error('b'), own]) })],
    ['behind one that may get better', new AggregateError([lost, own])],
    ['in a circle', circle],
  ])('is found: %s', (_, thrown) => {
    expect(actionErrorIn(thrown)).toBe(own);
    expect(finalErrorIn(thrown)).toBe(own);
    expect(toActionError(thrown)).toBe(own);
  });

  it('may get better', () => {
    const thrown = new Error('a', { cause: lost });
    expect(actionErrorIn(thrown)).toBe(lost);
    expect(finalErrorIn(thrown)).toBeUndefined();
  });

  it.each([[undefined], ['text'], [new Error('a', { cause: 'b' })], [new AggregateError([])], [null]])(
    'is not in %s',
    thrown => {
      expect(actionErrorIn(thrown)).toBeUndefined();
      expect(finalErrorIn(thrown)).toBeUndefined();
    },
  );
});

describe('anything that was thrown', () => {
  it('stays as it is when it is an error of the action', () => {
    const error = new ActionError('no-sudo', 'x');
    expect(toActionError(error)).toBe(error);
  });

  it('is a fault of the action when it is a foreign error, with its first lines of where', () => {
    const cause = new TypeError('undefined is not a function');
    const error = toActionError(cause);
    expect(error).toMatchObject({ code: 'internal', message: 'undefined is not a function', cause });
    expect(error.details[0]).toMatch(/^at .*errors\.test/);
    expect(error.details.length).toBeLessThanOrEqual(5);
  });

  it.each([
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [42, '42'],
  ])('%s is a fault of the action, too', (thrown, message) => {
    expect(toActionError(thrown)).toMatchObject({ code: 'internal', message });
  });
});

describe('the last lines of an output', () => {
  it.each<[string, number | undefined, string[]]>([
    ['a\nb\nc\n', 2, ['b', 'c']],
    ['a\r\n\r\n  b  \r\n\n', 5, ['a', '  b']],
    ['', undefined, []],
    [
      Array.from({ length: 30 }, (_, index) => index).join('\n'),
      undefined,
      Array.from({ length: 20 }, (_, i) => `${i + 10}`),
    ],
  ])('%# are told without blank ones', (output, count, expected) => {
    expect(lastLines(output, count)).toEqual(expected);
  });
});
