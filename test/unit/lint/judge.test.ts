import { readFileSync } from 'node:fs';
import { applyPatch, parsePatch } from 'diff';
import { describe, expect, it } from 'vitest';
import { findingLine, isRefused, type Judgement, judge, type LintLevel } from '../../../src/lint/judge.ts';
import { lintCompose } from '../../../src/lint/lint.ts';

const guide = [{ path: 'guide.yml', text: readFileSync('test/unit/lint/files/guide-section-2.yml', 'utf8') }];
const stacks = ['zookeeper', 'kraft', 'kraft-single'].map(name => ({
  path: `stacks/${name}/docker-compose.yml`,
  text: readFileSync(`stacks/${name}/docker-compose.yml`, 'utf8'),
}));

describe('the judgement', () => {
  it.each(stacks)("of the action's own $path has no finding", file => {
    const { judgement } = judge([file], { level: 'warning', fix: false });
    expect(judgement).toMatchObject({ errors: 0, warnings: 0, findings: [], fixed: [], diff: [] });
  });

  it("of the guide's file counts what the linter finds, and changes nothing", () => {
    const { judgement, files } = judge(guide, { level: 'error', fix: false });
    const findings = lintCompose(guide);
    expect(judgement.errors + judgement.warnings).toBe(findings.length);
    expect(judgement.errors).toBe(findings.filter(({ severity }) => severity === 'error').length);
    expect(judgement.files).toEqual(['guide.yml']);
    expect(files.map(({ text }) => text)).toEqual(guide.map(({ text }) => text));
  });

  it("of the guide's file with fix has no error left, and shows the difference", () => {
    const { judgement, files } = judge(guide, { level: 'error', fix: true });
    expect(judgement.errors).toBe(0);
    expect(judgement.fixed.length).toBeGreaterThan(10);
    expect(judgement.diff.slice(0, 2)).toEqual(['--- a/guide.yml', '+++ b/guide.yml']);
    expect(judgement.diff.join('\n')).toContain('+      KAFKA_ADVERTISED_LISTENERS:');
    expect(judge(files, { level: 'error', fix: true }).judgement).toMatchObject({ fixed: [], diff: [] });
  });
});

describe('the diff', () => {
  const service = 'services:\n  kafka:\n    image: confluentinc/cp-kafka:7.9.2\n';
  it.each([
    ['an empty line at the end', "version: '3'\n\n\n\n"],
    ['a blank line at the end', "version: '3'\n\n\n  "],
    ['a last line without its end', "version: '3'\n"],
    ['Windows line ends', "version: '3'\r\n\r\n"],
  ])('is one that patch takes, with %s', (_, version) => {
    const text = `# a\n${service}${version}`;
    const { judgement, files } = judge([{ path: 'f.yml', text }], { level: 'error', fix: true });
    const last = judgement.diff.at(-1) ?? '';
    const hunks = parsePatch(judgement.diff.join('\n'));
    expect(hunks).toHaveLength(1);
    expect(applyPatch(text, `${judgement.diff.join('\n')}\n`)).toBe(files[0]?.text);
    expect(last).not.toBe('');
  });
});

describe('a file is refused', () => {
  const counts = (errors: number, warnings: number, level: LintLevel) =>
    ({ errors, warnings, level }) as Judgement;

  it.each<[LintLevel, number, number, boolean]>([
    ['error', 0, 0, false],
    ['error', 0, 3, false],
    ['error', 1, 0, true],
    ['warning', 0, 0, false],
    ['warning', 0, 1, true],
    ['warning', 1, 0, true],
    ['off', 5, 5, false],
  ])('at level %s with %i errors and %i warnings: %s', (level, errors, warnings, expected) => {
    expect(isRefused(counts(errors, warnings, level))).toBe(expected);
  });
});

it('a finding in a line names its place first, as editors take it', () => {
  const [finding] = judge(guide, { level: 'error', fix: false }).judgement.findings;
  expect(finding && findingLine(finding)).toMatch(/^guide\.yml:\d+:\d+ (error|warning) [a-z-]+: \S/);
});
