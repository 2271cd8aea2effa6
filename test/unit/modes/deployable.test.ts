import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/config.ts';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { judgeDeployment } from '../../../src/modes/deployable.ts';
import { STACK } from '../support/deployments.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { sourceOf } from '../support/sessions.ts';

const SINGLE = readFileSync('stacks/kraft-single/docker-compose.yml', 'utf8');

function judge(text: string, inputs: RawInputs = {}) {
  const log = new RecordingLog();
  const config = parseConfig({ host: 'localhost', ...inputs }, () => '');
  const judged = judgeDeployment(config, sourceOf(text), log);
  return { judged, refusal: judged.refusal, log };
}

describe('a cluster with one broker', () => {
  it('is warned of before anything is done, and one with three is not', () => {
    expect(judge(SINGLE).log.text).toMatch(
      /warning the cluster has one broker: every message is stored once/,
    );
    expect(judge(STACK).log.text).not.toContain('one broker');
  });

  it.each(['deploy', 'plan'])('has no drill, which would prove nothing: mode %s', mode => {
    const { refusal } = judge(SINGLE, { mode, drill: 'broker-restart' });
    expect(refusal?.code).toBe('input-invalid');
    expect(refusal?.message).toMatch(/^drill: broker-restart .* a single broker \(kafka-broker-1\)/);
    expect(refusal?.hint).toContain('stack: kraft');
    expect(judge(STACK, { mode, drill: 'broker-restart' }).refusal).toBeUndefined();
  });
});

describe('a deployment with image-registry', () => {
  it('has its images from there at any ports, and without the input from Docker Hub', () => {
    const { judged } = judge(STACK, { 'image-registry': 'm.example/hub', environment: 'pr-1' });
    if (judged.refusal) throw judged.refusal;
    for (const shift of [0, 100]) {
      const { stack, composeFiles } = judged.deploymentAt(shift);
      expect(stack.images[0]).toBe('m.example/hub/confluentinc/cp-zookeeper:7.9.2');
      expect(composeFiles).toHaveLength(2);
    }
    const plain = judge(STACK).judged;
    if (plain.refusal) throw plain.refusal;
    expect(plain.deploymentAt(0).composeFiles).toEqual(['docker-compose.yml']);
  });
});
