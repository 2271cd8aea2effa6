import { chmodSync, mkdirSync, readdirSync, rmdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../../../src/context.ts';
import { directoryStep } from '../../../../src/steps/deploy/directory.ts';
import { InstantClock } from '../../support/clocks.ts';
import { thisComputer, withoutRoot } from '../../support/local-host.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { noKafka, scriptedContext } from '../../support/step-context.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const folder = temporaryFolder();
const signal = new AbortController().signal;
const context: Context = {
  host: thisComputer(),
  kafka: noKafka,
  log: new RecordingLog(),
  clock: new InstantClock(),
  signal,
};

describe('the directory', () => {
  it('is there, or not, or is a file', async () => {
    mkdirSync(join(folder, 'there'));
    writeFileSync(join(folder, 'file'), '');
    expect(await directoryStep(folder, join(folder, 'there')).check(context)).toMatchObject({
      satisfied: true,
    });
    expect(await directoryStep(folder, join(folder, 'not there')).check(context)).toMatchObject({
      satisfied: false,
    });
    expect(await directoryStep(folder, join(folder, 'file')).check(context)).toMatchObject({
      satisfied: false,
    });
  });

  it('is made by root and given to the user, its name being no option and no shell', async () => {
    const { host, context } = scriptedContext([
      ['id -un', { stdout: 'ec2-user\n' }],
      [/^sh -c /, 0],
    ]);
    await directoryStep('/home/ec2-user', '/home/ec2-user/-rf $(id)').apply?.(context);
    expect(host.commands.at(-1)?.argv.slice(-3)).toEqual([
      ...['/home/ec2-user', '/home/ec2-user/-rf $(id)', 'ec2-user'],
    ]);
    expect(host.commands.at(-1)?.sudo).toBe(true);
  });

  it('is made, with those above it, and made usable', async () => {
    const home = temporaryFolder();
    const directory = join(home, 'a/b/c');
    const here = { ...context, host: withoutRoot(home) };
    const step = directoryStep(home, directory);
    await step.apply?.(here);
    expect(await step.check(here)).toMatchObject({ satisfied: true });
    chmodSync(directory, 0o000);
    await step.apply?.(here);
    expect(statSync(directory).mode & 0o700).toBe(0o700);
  });

  it.each([
    ['itself', 'kafka', 'kafka'],
    ['above it', 'a', 'a/b/kafka'],
    ['above it, in the middle', 'a/b', 'a/b/kafka'],
  ])('is refused when somebody has put a link there: %s', async (_, link, path) => {
    const [home, elsewhere] = [temporaryFolder(), temporaryFolder()];
    mkdirSync(join(home, 'a'), { recursive: true });
    mkdirSync(join(elsewhere, 'b/kafka'), { recursive: true });
    chmodSync(elsewhere, 0o750);
    if (link === 'a') rmdirSync(join(home, 'a'));
    symlinkSync(elsewhere, join(home, link));
    const here = { ...context, host: withoutRoot(home) };
    const step = directoryStep(home, join(home, path));
    const refusal = {
      code: 'folder-unusable',
      message: expect.stringContaining(`${join(home, link)} is a symbolic link`),
      hint: expect.stringContaining(`sudo rm ${join(home, link)}`),
    };
    expect(await actionErrorOf(() => step.check(here))).toMatchObject(refusal);
    expect(await actionErrorOf(() => step.apply?.(here))).toMatchObject(refusal);
    expect(statSync(elsewhere).mode & 0o777).toBe(0o750);
    expect(readdirSync(elsewhere)).toEqual(['b']);
  });

  it('may lie in a home folder that is reached through a link: that is the administrator’s', async () => {
    const [real, folder] = [temporaryFolder(), temporaryFolder()];
    const home = join(folder, 'home');
    symlinkSync(real, home);
    const here = { ...context, host: withoutRoot(home) };
    const step = directoryStep(home, join(home, 'kafka'));
    await step.apply?.(here);
    expect(await step.check(here)).toMatchObject({ satisfied: true });
  });
});
