import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { publish } from '../../../src/action/publish.ts';
import type { Judgement, ReportedFinding } from '../../../src/lint/judge.ts';
import { outputsOf } from '../../../src/report/outputs.ts';
import type { Report } from '../../../src/report/report.ts';
import { capturedOutput } from '../support/captured-output.ts';
import { FAILED, PASSED } from '../support/reports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const output = join(folder, 'output');
const state = join(folder, 'state');
const summary = join(folder, 'summary.md');

beforeEach(() => {
  writeFileSync(output, '');
  writeFileSync(summary, '');
  writeFileSync(state, '');
  vi.stubEnv('GITHUB_OUTPUT', output);
  vi.stubEnv('GITHUB_STEP_SUMMARY', summary);
  vi.stubEnv('GITHUB_STATE', state);
  vi.stubEnv('RUNNER_TEMP', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

async function publishing(report: Report, redact = (text: string) => text) {
  const lines = capturedOutput();
  await publish({ report }, redact);
  return { lines: lines(), exitCode: process.exitCode };
}

const writtenOutputs = () => valuesIn(output);
const savedState = () => valuesIn(state);

function valuesIn(file: string): Record<string, string> {
  const found = readFileSync(file, 'utf8').matchAll(/^(\S+)<<(\S+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...found].map(([, name, , value]) => [name, value]));
}

describe('the end of a run that passed', () => {
  it('writes outputs, summary and report, and one line with the counts', async () => {
    const { lines, exitCode } = await publishing(PASSED);
    const report = join(folder, 'kafka-al2023-ab12cd34.json');
    expect(writtenOutputs()).toEqual({ ...outputsOf(PASSED), report, sarif: '' });
    expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual(PASSED);
    expect(readFileSync(summary, 'utf8')).toMatch(/^## ✅ Kafka/);
    expect(lines).toEqual([
      'Passed: every message came back, 10 of 10 on the machine and 10 of 10 from the runner.',
    ]);
    expect(exitCode).toBeUndefined();
    expect(savedState()).toEqual({ verdict: lines[0], result: 'passed', report });
  });

  it('names only the clients that ran', async () => {
    const { runnerClients: _, ...report } = PASSED;
    expect((await publishing(report)).lines).toEqual([
      'Passed: every message came back, 10 of 10 on the machine.',
    ]);
  });

  it('needs no summary file', async () => {
    vi.stubEnv('GITHUB_STEP_SUMMARY', '');
    expect((await publishing(PASSED)).exitCode).toBeUndefined();
    expect(writtenOutputs().result).toBe('passed');
  });
});

describe('the end of a run that failed', () => {
  it('writes outputs, summary and report all the same, an annotation, and exit code 1', async () => {
    const { lines, exitCode } = await publishing(FAILED);
    expect(exitCode).toBe(1);
    expect(writtenOutputs()).toMatchObject({
      result: 'failed',
      'failed-step': 'stack',
      'error-code': 'container-failed',
    });
    expect(existsSync(writtenOutputs().report ?? '')).toBe(true);
    expect(savedState()).toEqual({
      verdict: 'Failed at stack: container-failed: not up: broker (Exited (1))',
      result: 'failed',
      report: writtenOutputs().report,
    });
    expect(readFileSync(summary, 'utf8')).toMatch(/^## ❌ Kafka/);
    expect(lines).toEqual([
      "::error title=Kafka%3A container-failed (stack)::not up: broker (Exited (1))%0AIt said: KAFKA_BROKER_ID is required%0AMachine: ec2-user@machine.example%0AWhat to do: Read the container's last lines above.",
    ]);
  });

  it('writes no secret anywhere', async () => {
    const details = ['a secret in a log'];
    const failure = { ...(FAILED.failure ?? expect.unreachable()), message: 'a secret', details };
    const { lines } = await publishing({ ...FAILED, failure }, text => text.replaceAll('secret', '***'));
    const files = [output, summary, state, writtenOutputs().report ?? ''].map(path =>
      readFileSync(path, 'utf8'),
    );
    for (const text of [...lines, ...files]) expect(text).not.toContain('secret');
    expect(files.join()).toContain('a *** in a log');
  });
});

describe('what a machine or a compose file says', () => {
  const hostile =
    'a pa55phrase \u001b[31mred\u001b[0m \u202egnp\u2066 parted: pa55\u001b[0mphrase\n::error::gotcha';
  const redact = (text: string) => text.replaceAll('pa55phrase', '***');
  const failure = { ...(FAILED.failure ?? expect.unreachable()), message: hostile, details: [hostile] };
  const place = { file: 'a.yml', line: 1, column: 1, endLine: 1, endColumn: 2, start: 0, end: 1 };
  const finding = {
    ruleId: 'unknown-setting',
    severity: 'error',
    message: hostile,
    hint: hostile,
    place,
  } as const;
  const { ruleId: rule, place: _, ...rest } = finding;
  const lint: Judgement = {
    ...{
      files: ['a.yml'],
      level: 'error' as const,
      errors: 1,
      warnings: 0,
      ignored: 0,
      fixed: [],
      diff: [hostile],
    },
    findings: [{ ...place, ...rest, rule }],
  };

  it('is without secrets, colours and direction marks in report, SARIF, summary, outputs and log', async () => {
    const log = capturedOutput();
    await publish({ report: { ...FAILED, failure, lint }, findings: [finding] }, redact);
    const { report = '', sarif = '' } = writtenOutputs();
    expect([report, sarif].map(path => existsSync(path))).toEqual([true, true]);
    const texts = [report, sarif, output, summary, state].map(path => readFileSync(path, 'utf8'));
    for (const text of [...texts, log().join('\n')]) {
      for (const gone of ['pa55phrase', '\u001b', '\\u001b', '\u202e', '\u2066'])
        expect(text).not.toContain(gone);
    }
    for (const path of [report, sarif, summary]) expect(readFileSync(path, 'utf8')).toContain('*** red');
  });

  it('is no command in the last line of a run that passed', async () => {
    const { lines } = await publishing(
      { ...PASSED, mode: 'lint', lint: { ...lint, files: [hostile] } },
      redact,
    );
    expect(
      lines
        .join('\n')
        .split('\n')
        .filter(line => line.startsWith('::error::')),
    ).toEqual([]);
  });
});

describe('annotations', () => {
  const finding = (severity: 'error' | 'warning', line: number): ReportedFinding => ({
    ...{ rule: 'a-rule', severity, file: 'c.yml', line, column: 1, endLine: line, endColumn: 2 },
    ...{ message: 'Wrong.', hint: 'Mend it.' },
  });
  const findings = Array.from({ length: 30 }, (_, index) =>
    finding(index % 2 === 0 ? 'warning' : 'error', index + 1),
  );
  const lint: Judgement = {
    ...{ files: ['c.yml'], level: 'error', errors: 15, warnings: 15, ignored: 0, fixed: [], diff: [] },
    findings,
  };

  it('are the ten of each kind that GitHub keeps, the verdict first', async () => {
    const { lines } = await publishing({ ...FAILED, lint });
    const kinds = lines.flatMap(line => /^::(error|warning)/.exec(line)?.[1] ?? []);
    expect(kinds).toEqual([...Array(10).fill('error'), ...Array(10).fill('warning')]);
    expect(lines.find(line => line.startsWith('::'))).toContain('container-failed');
    expect(lines).toContain(
      '11 more findings have no annotation: GitHub keeps ten of a kind. The summary and the report have them.',
    );
  });

  it('leave all ten places to the findings of a file that passes', async () => {
    const { lines } = await publishing({ ...PASSED, mode: 'lint', lint: { ...lint, level: 'off' } });
    expect(lines.filter(line => line.startsWith('::error'))).toHaveLength(10);
  });

  it('say where it failed, and what the program said last', async () => {
    const failure = {
      ...FAILED.failure,
      message: 'no way to ec2-user@machine.example: refused',
      details: ['refused'],
    };
    const { lines } = await publishing({ ...FAILED, failure: failure as Report['failure'] });
    expect(lines[0]).not.toMatch(/Machine:|It said:/);
  });
});

describe('a runner on which files cannot be written', () => {
  it('still gives the verdict and the outputs when only the report has no place, and says so', async () => {
    vi.stubEnv('RUNNER_TEMP', join(folder, 'missing'));
    const { lines, exitCode } = await publishing(PASSED);
    expect(writtenOutputs()).toMatchObject({ result: 'passed', report: '' });
    expect(lines).toContain(
      'Passed: every message came back, 10 of 10 on the machine and 10 of 10 from the runner.',
    );
    expect(lines.join('\n')).toMatch(
      /::warning title=Kafka%3A runner-not-writable::a file of the report could not be written: ENOENT/,
    );
    expect(exitCode).toBeUndefined();
  });

  it('fails, with the verdict told, when the outputs are lost on a full disk', async () => {
    vi.stubEnv('GITHUB_OUTPUT', '/dev/full');
    const { lines, exitCode } = await publishing(PASSED);
    expect(lines).toContain(
      'Passed: every message came back, 10 of 10 on the machine and 10 of 10 from the runner.',
    );
    expect(lines.join('\n')).toMatch(
      /::error title=Kafka%3A runner-not-writable::the outputs could not be written: ENOSPC.*What to do: On the runner: df -h/,
    );
    expect(exitCode).toBe(1);
    expect(readFileSync(summary, 'utf8')).toMatch(/^## ✅ Kafka/);
  });

  it('tells why a run failed before it tells what could not be written', async () => {
    vi.stubEnv('GITHUB_STATE', '/dev/full');
    const { lines, exitCode } = await publishing(FAILED);
    const [verdict, complaint] = lines.filter(line => line.startsWith('::error'));
    expect(verdict).toContain(FAILED.failure?.code);
    expect(complaint).toContain('the state for the post step could not be written: ENOSPC');
    expect(writtenOutputs().result).toBe('failed');
    expect(exitCode).toBe(1);
  });
});
