import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixCompose } from '../../../src/lint/fixes/fix.ts';
import { lintCompose } from '../../../src/lint/lint.ts';

const FOLDER = 'test/unit/lint/files/origins';
const FILES = readdirSync(FOLDER).filter(name => name.endsWith('.yml'));
const readFile = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

/** `LINE RULE`, or `FILE:LINE RULE` for a file that the compose file names; judged by hand, beside each file. */
const expectedFor = (name: string) =>
  readFileSync(join(FOLDER, name.replace('.yml', '.expected')), 'utf8')
    .split('\n')
    .filter(Boolean);

describe('compose files of many origins', () => {
  it('are twenty', () => expect(FILES).toHaveLength(20));

  it.each(FILES)('%s is judged as by hand', name => {
    const path = join(FOLDER, name);
    const findings = lintCompose([{ path, text: readFileSync(path, 'utf8') }], { readFile });
    const found = findings.map(
      ({ place, ruleId }) =>
        `${place.file === path ? '' : `${basename(place.file)}:`}${place.line} ${ruleId}`,
    );
    expect(found).toEqual(expectedFor(name));
  });

  it.each(FILES)('%s is fixed once and for all, without a new fault', name => {
    const path = join(FOLDER, name);
    const file = { path, text: readFileSync(path, 'utf8') };
    const before = lintCompose([file], { readFile });
    const { files, fixed, remaining } = fixCompose([file], { readFile });
    const again = fixCompose(files, { readFile });
    expect(again.fixed).toEqual([]);
    expect(again.files.map(({ text }) => text)).toEqual(files.map(({ text }) => text));
    expect(fixed.length + remaining.length).toBe(before.length);
    expect(remaining.map(({ ruleId }) => ruleId).sort()).toEqual(
      before
        .filter(
          finding =>
            !fixed.some(
              other => other.ruleId === finding.ruleId && other.place.start === finding.place.start,
            ),
        )
        .map(({ ruleId }) => ruleId)
        .sort(),
    );
  });
});
