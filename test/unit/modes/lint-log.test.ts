import { describe, expect, it } from 'vitest';
import { logJudgement, refusalOf } from '../../../src/modes/lint-log.ts';
import { lintCounts } from '../../../src/report/verdict.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { JUDGEMENT } from '../support/reports.ts';

describe('what the linter says, in the log', () => {
  it('is a group with fixes, difference and findings, and a line below it', () => {
    const log = new RecordingLog();
    logJudgement(log, JUDGEMENT);
    expect(log.lines[0]).toBe('group Compose file: docker-compose.yml');
    expect(log.text).toContain(
      'info fixed: docker-compose.yml:11:9 warning open-port: The port is open to everyone.',
    );
    expect(log.text).toContain('info +"127.0.0.1:2181:2181"');
    expect(log.text).toContain(
      'info docker-compose.yml:52:7 error advertised-listener-missing: The broker advertises nothing.\ninfo   what to do: Set KAFKA_ADVERTISED_LISTENERS.',
    );
    expect(log.lines.slice(-2)).toEqual(['endgroup', 'info ✘ Compose file: 1 error, 1 warning; 1 fixed']);
  });

  it('ends with a tick when no finding counts at the level', () => {
    const log = new RecordingLog();
    logJudgement(log, { ...JUDGEMENT, level: 'off', fixed: [] });
    expect(log.lines.at(-1)).toBe('info ✔ Compose file: 1 error, 1 warning');
  });

  it.each([
    [0, 0, '0 errors, 0 warnings'],
    [1, 2, '1 error, 2 warnings'],
  ])('counts %i and %i', (errors, warnings, text) => {
    expect(lintCounts({ ...JUDGEMENT, errors, warnings, fixed: [] })).toBe(text);
  });

  it('counts what comments switch off', () => {
    expect(lintCounts({ ...JUDGEMENT, ignored: 3 })).toBe('1 error, 1 warning; 1 fixed; 3 switched off');
  });
});

describe('the refusal of a compose file', () => {
  it('does not exist when the level lets the file pass', () => {
    expect(refusalOf({ ...JUDGEMENT, level: 'off' })).toBeUndefined();
  });

  it('names only findings that count at the level', () => {
    expect(refusalOf(JUDGEMENT)).toMatchObject({
      code: 'compose-file-refused',
      message: 'docker-compose.yml: 1 error, 1 warning; 1 fixed',
      details: ['docker-compose.yml:52:7 error advertised-listener-missing: The broker advertises nothing.'],
    });
    expect(refusalOf({ ...JUDGEMENT, level: 'warning' })?.details).toHaveLength(2);
  });

  it('names twenty findings, and says how many more there are', () => {
    const findings = Array.from({ length: 23 }, () => JUDGEMENT.findings[0]).flatMap(
      finding => finding ?? [],
    );
    const details = refusalOf({ ...JUDGEMENT, findings })?.details;
    expect(details).toHaveLength(21);
    expect(details?.at(-1)).toBe('… and 3 more');
  });
});
