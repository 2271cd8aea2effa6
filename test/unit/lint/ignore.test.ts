import { describe, expect, it } from 'vitest';
import { fixCompose } from '../../../src/lint/fixes/fix.ts';
import { ALWAYS_TOLD } from '../../../src/lint/ignore/apply.ts';
import { judge } from '../../../src/lint/judge.ts';
import { lintProject } from '../../../src/lint/lint.ts';
import { RULES } from '../../../src/lint/rules.ts';

/** A project with one finding: line 3 has no tag. */
const withImage = (line: string, above = '') => `services:\n  app:\n${above}    image: ${line}\n`;
const lint = (text: string, more: Record<string, string> = {}) => {
  const { findings, ignored } = lintProject([{ path: 'compose.yml', text }], {
    readFile: path => more[path],
  });
  return { found: findings.map(({ ruleId, place }) => `${place.line} ${ruleId}`), ignored, findings };
};
const NOTHING = { found: [], ignored: 1 };
const TOLD = { found: ['3 image-not-pinned'], ignored: 0 };

describe('a comment switches a rule off', () => {
  it.each([
    ['at the end of the line', withImage('busybox # kafka-lint: ignore image-not-pinned')],
    ['with a reason', withImage('busybox # kafka-lint: ignore image-not-pinned the newest is wanted')],
    ['on the line above', withImage('busybox', '    # kafka-lint: ignore image-not-pinned\n')],
    ['on the line above, further out', withImage('busybox', '# kafka-lint: ignore image-not-pinned\n')],
    [
      'above other comments',
      withImage('busybox', '    # kafka-lint: ignore image-not-pinned\n    # the newest\n'),
    ],
    ['for the file, at its beginning', `# kafka-lint: ignore-file image-not-pinned\n${withImage('busybox')}`],
    ['for the file, at its end', `${withImage('busybox')}# kafka-lint: ignore-file image-not-pinned why\n`],
    ['with quotes around the value', withImage('"busybox" # kafka-lint: ignore image-not-pinned')],
    [
      'with line breaks of Windows',
      withImage('busybox # kafka-lint: ignore image-not-pinned').replaceAll('\n', '\r\n'),
    ],
    ['with two number signs and no space', withImage('busybox ##kafka-lint: ignore image-not-pinned')],
  ])('%s', (_, text) => expect(lint(text)).toMatchObject(NOTHING));

  it('for several rules of one line', () => {
    const text = `services:\n  app: {image: busybox, cap_add: [SYS_ADMIN]} # kafka-lint: ignore image-not-pinned, host-access both are meant\n`;
    expect(lint(text)).toMatchObject({ found: [], ignored: 2 });
  });

  it('for its line alone, and one a line', () => {
    const text = `services:\n  a:\n    image: busybox:1.37\n    container_name: aa # kafka-lint: ignore container-name\n  b:\n    image: busybox:1.37\n    container_name: bb\n`;
    const { findings, ignored } = lintProject([{ path: 'compose.yml', text }], { sideBySide: true });
    expect(findings).toMatchObject([{ ruleId: 'container-name', place: { line: 7 } }]);
    expect(ignored).toBe(1);
  });

  it('in an env file, on the line above', () => {
    const text = withImage(
      'confluentinc/cp-zookeeper:7.9.2',
      '    env_file: z.env\n    tmpfs: /var/lib/zookeeper\n',
    );
    const variables =
      'ZOOKEEPER_CLIENT_PORT=2181\nNOTE=a: "quote\n# kafka-lint: ignore unknown-setting ours\nZOOKEEPER_TICKTIME=1\n';
    expect(lint(text, { 'z.env': variables })).toMatchObject(NOTHING);
  });

  it('for the fixes, too', () => {
    const text = `version: "3" # kafka-lint: ignore obsolete-version an old Compose reads it\n${withImage('busybox:1.37')}`;
    expect(fixCompose([{ path: 'compose.yml', text }])).toMatchObject({
      fixed: [],
      remaining: [],
      ignored: 1,
    });
  });

  it('in the counts of the judgement', () => {
    const text = withImage('busybox # kafka-lint: ignore image-not-pinned');
    const { judgement } = judge([{ path: 'compose.yml', text }], { level: 'warning', fix: false });
    expect(judgement).toMatchObject({ errors: 0, warnings: 0, ignored: 1, findings: [] });
  });
});

describe('a comment that switches nothing off', () => {
  it.each([
    [
      'stands two lines above',
      withImage('busybox', '    # kafka-lint: ignore image-not-pinned\n    init: true\n'),
      ['3 ignore-unused', '5 image-not-pinned'],
    ],
    [
      'has a mistyped name',
      withImage('busybox # kafka-lint: ignore image-not-pined'),
      ['3 image-not-pinned', '3 ignore-unused'],
    ],
    ['names no rule', withImage('busybox # kafka-lint: ignore'), ['3 image-not-pinned', '3 ignore-unused']],
    [
      'says something else',
      withImage('busybox # kafka-lint: disable image-not-pinned'),
      ['3 image-not-pinned', '3 ignore-unused'],
    ],
    [
      'has nothing to switch off',
      withImage('busybox:1.37 # kafka-lint: ignore image-not-pinned'),
      ['3 ignore-unused'],
    ],
    [
      'is about a file without the finding',
      `# kafka-lint: ignore-file open-port\n${withImage('busybox:1.37')}`,
      ['1 ignore-unused'],
    ],
    [
      'names what is always told',
      `services:\n  app: {image: "x:1", networks: [no]} # kafka-lint: ignore undefined-reference\n`,
      ['2 undefined-reference', '2 ignore-unused'],
    ],
  ])('is told when it %s', (_, text, found) => expect(lint(text)).toMatchObject({ found, ignored: 0 }));

  it('is told a rule at a time', () => {
    const text = withImage('busybox # kafka-lint: ignore image-not-pinned, open-port');
    expect(lint(text)).toMatchObject({ found: ['3 ignore-unused'], ignored: 1 });
    expect(lint(text).findings[0]?.message).toContain('"open-port" finds nothing on line 3');
  });

  it('proposes the name that is meant', () => {
    const [, finding] = lint(withImage('busybox # kafka-lint: ignore image-not-pined')).findings;
    expect(finding?.hint).toBe('Write image-not-pinned.');
  });

  it.each([
    [
      'in a text',
      `services:\n  app:\n    image: busybox\n    command: "echo # kafka-lint: ignore image-not-pinned"\n`,
    ],
    [
      'in a block text',
      `services:\n  app:\n    image: busybox\n    command: |\n      # kafka-lint: ignore image-not-pinned\n`,
    ],
    [
      'that begins a block text',
      `services:\n  app:\n    image: busybox\n    command: |-\n     # kafka-lint: ignore-file image-not-pinned\n`,
    ],
  ])('is none %s', (_, text) => expect(lint(text)).toMatchObject(TOLD));
});

it('rules that are always told are rules', () => {
  expect(RULES.map(({ id }) => id)).toEqual(expect.arrayContaining([...ALWAYS_TOLD]));
});
