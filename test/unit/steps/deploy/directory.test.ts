import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../../../src/context.ts';
import { directoryStep } from '../../../../src/steps/deploy/directory.ts';
import { InstantClock } from '../../support/clocks.ts';
import { thisComputer } from '../../support/local-host.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { noKafka, scriptedContext } from '../../support/step-context.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

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
    expect(await directoryStep(join(folder, 'there')).check(context)).toMatchObject({ satisfied: true });
    expect(await directoryStep(join(folder, 'not there')).check(context)).toMatchObject({ satisfied: false });
    expect(await directoryStep(join(folder, 'file')).check(context)).toMatchObject({ satisfied: false });
  });

  it('is made by root and given to the user, its name being no option and no shell', async () => {
    const { host, context } = scriptedContext([
      ['id -un', { stdout: 'ec2-user\n' }],
      [/^sh -c /, 0],
    ]);
    await directoryStep('/home/ec2-user/-rf $(id)').apply?.(context);
    expect(host.commands.at(-1)).toMatchObject({
      argv: [
        'sh',
        '-c',
        'mkdir -p -- "$1" && chown -- "$2:" "$1" && chmod -- u+rwx "$1"',
        'sh',
        '/home/ec2-user/-rf $(id)',
        'ec2-user',
      ],
      sudo: true,
    });
  });
});
