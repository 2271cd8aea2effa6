import { describe, expect, it } from 'vitest';
import { outputsOf } from '../../../src/report/outputs.ts';
import { changedSteps } from '../../../src/report/report.ts';
import { counts, FAILED, JUDGEMENT, PASSED, PLAN, trip } from '../support/reports.ts';

describe('the outputs', () => {
  it('say what a run that passed has proven', () => {
    expect(outputsOf(PASSED)).toEqual({
      result: 'passed',
      'messages-produced': '10',
      'messages-consumed': '10',
      'messages-lost': '0',
      'messages-unread': '0',
      'messages-unknown': '0',
      'messages-duplicated': '0',
      'messages-out-of-order': '0',
      'messages-corrupted': '0',
      'host-messages-produced': '10',
      'host-messages-consumed': '10',
      'latency-p50-ms': '3.1',
      'latency-p95-ms': '10.0',
      'latency-p99-ms': '12.0',
      'latency-max-ms': '15.5',
      throughput: '71.4',
      'drill-messages-lost': '0',
      'drill-longest-pause-ms': '1026.0',
      'drill-in-sync-after-ms': '6738.5',
      'bootstrap-servers': 'localhost:19092,localhost:29092,localhost:39092',
      'schema-registry-url': 'http://localhost:8081',
      'tunnel-log': '',
      findings: '',
      errors: '',
      warnings: '',
      changed: 'directory,stack',
      planned: '',
      environments: '',
      'failed-step': '',
      'error-code': '',
      'duration-ms': '65432',
    });
  });

  it('keep every name when the run failed, empty where nothing is known', () => {
    const outputs = outputsOf(FAILED);
    expect(Object.keys(outputs)).toEqual(Object.keys(outputsOf(PASSED)));
    const known = Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== ''));
    expect(known).toEqual({
      result: 'failed',
      changed: 'stack',
      'failed-step': 'stack',
      'error-code': 'container-failed',
      'duration-ms': '12345',
    });
  });

  it('name the steps of a plan, and the environments of the machine', () => {
    expect(outputsOf(PLAN)).toMatchObject({ planned: 'compose-file,stack', changed: '' });
    const [first] = JSON.parse(outputsOf(PLAN).environments ?? '') as unknown[];
    expect(first).toMatchObject({ environment: 'pr-41', project: 'docker_exp-pr-41', containersRunning: 5 });
    expect(outputsOf({ ...PLAN, environments: [] }).environments).toBe('[]');
  });

  it('name the log of the tunnel', () => {
    const tunnel = { addresses: ['localhost:19092'], log: '/tmp/tunnel.log' };
    expect(outputsOf({ ...PASSED, tunnel })['tunnel-log']).toBe('/tmp/tunnel.log');
  });

  it('count the findings in a compose file', () => {
    const lint = { ...JUDGEMENT, errors: 2, warnings: 0 };
    expect(outputsOf({ ...FAILED, mode: 'lint', lint })).toMatchObject({
      findings: '2',
      errors: '2',
      warnings: '0',
      'messages-produced': '',
    });
  });

  it('tell a zero from what is not known', () => {
    const { latencyMs: _, ...nothing } = trip(0);
    const report = {
      ...FAILED,
      runnerClients: nothing,
      hostClients: { produced: 4, consumed: 0, counts: counts(4, { consumed: 0 }) },
    };
    expect(outputsOf(report)).toMatchObject({
      'messages-produced': '0',
      'messages-lost': '0',
      'host-messages-produced': '4',
      'host-messages-consumed': '0',
      'latency-p50-ms': '',
    });
  });
});

describe('the steps that changed the machine', () => {
  it('are those that did, also when they failed later', () => {
    expect(changedSteps(PASSED)).toEqual(['directory', 'stack']);
    expect(changedSteps(FAILED)).toEqual(['stack']);
  });
});
