import { describe, expect, it } from 'vitest';
import { deploy } from '../../../src/modes/deploy.ts';
import { lint } from '../../../src/modes/lint.ts';
import { CLIENTS, STACK } from '../support/deployments.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { runOn, sourceOf } from '../support/sessions.ts';

/** A compose file whose brokers advertise no address. */
const FAULTY = STACK.replaceAll(/\n.*KAFKA_ADVERTISED_LISTENERS.*/g, '');
const ownFile = (text: string) => ({ ...sourceOf(text), isOwn: true });

function judge(text: string, fix = false) {
  const written: string[] = [];
  const outcome = lint(
    { files: ['docker-compose.yml'], stack: 'zookeeper', lintLevel: 'error', fix },
    {
      log: new RecordingLog(),
      runId: 'ab12',
      startedAt: new Date(),
      source: ownFile(text),
      writeFiles: files => written.push(...files.map(({ path }) => path)),
    },
  );
  return { ...outcome, written };
}

describe('mode lint', () => {
  it('passes a file without errors, and writes nothing', () => {
    const { report, written } = judge(STACK);
    expect(report).toMatchObject({ mode: 'lint', result: 'passed', lint: { errors: 0 } });
    expect(written).toEqual([]);
  });

  it('fails at the linter for a file with errors, and keeps the findings', () => {
    const { report, findings = [] } = judge(FAULTY);
    expect(report).toMatchObject({
      result: 'failed',
      failure: { step: 'lint', code: 'compose-file-refused' },
    });
    expect(report.lint?.errors).toBe(findings.filter(({ severity }) => severity === 'error').length);
    expect(findings).not.toEqual([]);
  });

  it('writes the files back that a fix has changed', () => {
    const obsolete = `version: "3.8"\n${STACK}`;
    expect(judge(obsolete, true).written).toEqual(['docker-compose.yml']);
    expect(judge(obsolete).written).toEqual([]);
    expect(judge(STACK, true).written).toEqual([]);
  });
});

describe('a deployment of a compose file of the user', () => {
  it('is refused before the machine is touched when the file has errors', async () => {
    const { config, dependencies, ran } = runOn({ 'compose-file': 'docker-compose.yml' });
    let deploying = false;
    const { report, findings } = await deploy(config, {
      ...dependencies,
      clients: CLIENTS,
      schemas: [],
      source: ownFile(FAULTY),
      onDeploying: () => {
        deploying = true;
      },
    });
    expect(report).toMatchObject({ mode: 'deploy', result: 'failed', failure: { step: 'lint' } });
    expect(report.lint?.errors).toBeGreaterThan(0);
    expect(findings).not.toEqual([]);
    expect([deploying, ran()]).toEqual([false, []]);
  });
});
