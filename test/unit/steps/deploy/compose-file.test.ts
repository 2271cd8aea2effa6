import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromRegistry, REGISTRY_FILE } from '../../../../src/compose/deployment/image-registry.ts';
import { composeFileStep } from '../../../../src/steps/deploy/compose-file.ts';
import { InstantClock } from '../../support/clocks.ts';
import { STACK } from '../../support/deployments.ts';
import { thisComputer } from '../../support/local-host.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { deploymentOf } from '../../support/stacks.ts';
import { noKafka } from '../../support/step-context.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const home = temporaryFolder();
const directory = join(home, 'docker_exp');
mkdirSync(directory);
const context = {
  ...{ host: thisComputer(home), kafka: noKafka, log: new RecordingLog() },
  ...{ clock: new InstantClock(), signal: new AbortController().signal },
};
const own = deploymentOf(STACK);
const mirrored = fromRegistry(own, 'mirror.example/hub', false);
const file = join(directory, REGISTRY_FILE);

describe('the compose file of image-registry', () => {
  it('is written beside the others, and a plan says which images it names', async () => {
    const step = composeFileStep(home, directory, mirrored);
    const foreseen = await step.foresee?.(context);
    expect(foreseen).toContain(`${file} would be made (12 lines)`);
    expect(foreseen).toContain('kafka-broker-2: image mirror.example/hub/confluentinc/cp-kafka:7.9.2');
    await step.apply?.(context);
    expect((await step.check(context)).satisfied).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain(
      'image: "mirror.example/hub/confluentinc/cp-zookeeper:7.9.2"',
    );
    expect(readFileSync(join(directory, 'docker-compose.yml'), 'utf8')).toBe(STACK);
  });

  it('goes with the first run without the input, and a plan says so', async () => {
    const step = composeFileStep(home, directory, own);
    expect(await step.check(context)).toEqual({
      satisfied: false,
      detail: `${REGISTRY_FILE} is left of a run with image-registry`,
    });
    expect(await step.foresee?.(context)).toEqual([
      `${file} would be removed: images come from where the compose file says`,
    ]);
    expect(existsSync(file)).toBe(true);
    await step.apply?.(context);
    expect(existsSync(file)).toBe(false);
    expect((await step.check(context)).satisfied).toBe(true);
  });

  it('stays when somebody else has written it', async () => {
    writeFileSync(file, 'services: {}\n');
    const step = composeFileStep(home, directory, own);
    expect((await step.check(context)).satisfied).toBe(true);
    await step.apply?.(context);
    expect(readFileSync(file, 'utf8')).toBe('services: {}\n');
  });

  it('is removed through no link', async () => {
    const elsewhere = temporaryFolder();
    writeFileSync(join(elsewhere, REGISTRY_FILE), mirrored.files.get(REGISTRY_FILE) ?? '');
    const link = join(home, 'link');
    symlinkSync(elsewhere, link);
    const step = composeFileStep(home, link, { ...own, files: new Map() });
    expect((await actionErrorOf(() => step.apply?.(context))).code).toBe('folder-unusable');
    expect(existsSync(join(elsewhere, REGISTRY_FILE))).toBe(true);
  });
});
