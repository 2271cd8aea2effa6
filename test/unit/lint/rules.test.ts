import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixCompose } from '../../../src/lint/fixes/fix.ts';
import { lintCompose } from '../../../src/lint/lint.ts';
import { RULES } from '../../../src/lint/rules.ts';

const files = (text: string) => [{ path: 'compose.yml', text }];
const FILES: Readonly<Record<string, string | { readonly refusal: string }>> = {
  '.git/config': { refusal: 'is in .git' },
  'with-a-space.env': 'LOG LEVEL=debug\n',
  'without.env': 'LOG_LEVEL=debug\n',
};
const options = {
  sideBySide: true,
  readFile: (path: string) => FILES[path],
};

describe.each(RULES.map(rule => [rule.id, rule] as const))('%s', (id, rule) => {
  const broken = lintCompose(files(rule.example.bad), options).filter(({ ruleId }) => ruleId === id);

  it('is broken by its bad example, at a place in the file', () => {
    expect(broken.length).toBeGreaterThan(0);
    for (const { place, severity, message, hint } of broken) {
      const text = place.file === 'compose.yml' ? rule.example.bad : String(FILES[place.file]);
      const lines = text.split('\n');
      expect(lines[place.line - 1]?.length ?? -1).toBeGreaterThanOrEqual(place.column - 1);
      expect(text.slice(place.start, place.end).split('\n')).toHaveLength(place.endLine - place.line + 1);
      expect(severity).toBe(rule.severity);
      expect(message).toMatch(/[.?]$/);
      expect(hint).toMatch(/\.$/);
    }
  });

  it('is not broken by its good example', () => {
    const findings = lintCompose(files(rule.example.good), options);
    expect(findings.filter(({ ruleId }) => ruleId === id)).toEqual([]);
  });

  it('has a good example that breaks no rule but warnings of other rules', () => {
    const findings = lintCompose(files(rule.example.good), options);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it(`${rule.safeFix ? 'fixes' : 'only proposes for'} its bad example`, () => {
    const { fixed, remaining } = fixCompose(files(rule.example.bad), options);
    expect(fixed.some(({ ruleId }) => ruleId === id)).toBe(rule.safeFix !== undefined);
    expect(remaining.some(({ ruleId }) => ruleId === id)).toBe(rule.safeFix === undefined);
  });
});

describe('the rules', () => {
  it('have ids of their own, the same as their files', () => {
    const ids = RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(readFileSync(`src/lint/rules/${id}.ts`, 'utf8')).toContain(`id: '${id}'`);
  });
});
