import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../../../src/context.ts';
import { textFilesStep } from '../../../../src/steps/deploy/text-files.ts';
import { InstantClock } from '../../support/clocks.ts';
import { thisComputer } from '../../support/local-host.ts';
import { RecordingLog } from '../../support/recording-log.ts';
import { noKafka } from '../../support/step-context.ts';
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

describe('files', () => {
  const path = join(folder, 'docker-compose.yml');
  const other = join(folder, 'client.py');
  const files = new Map([
    [path, 'grün: 1\n'],
    [other, 'print()\n'],
  ]);
  const step = textFilesStep({ name: 'clients', title: 'Files', guide: '', needs: [], files });

  it('are written when one is missing or another version, and then as they should be', async () => {
    expect(await step.check(context)).toEqual({ satisfied: false, detail: `${path} is not there` });
    await step.apply?.(context);
    expect(await step.check(context)).toEqual({
      satisfied: true,
      detail: 'docker-compose.yml, client.py as it should be',
    });
    expect(readFileSync(path, 'utf8')).toBe('grün: 1\n');
    writeFileSync(other, 'print() \n');
    expect(await step.check(context)).toEqual({ satisfied: false, detail: `${other} is another version` });
  });
});

describe('a plan for files', () => {
  const path = join(folder, 'plan', 'docker-compose.yml');
  const foreseen = async (files: Readonly<Record<string, string>>) => {
    const step = textFilesStep({
      ...{ name: 'clients', title: 'Files', guide: '', needs: [] },
      files: new Map(Object.entries(files)),
    });
    return step.foresee?.(context);
  };
  mkdirSync(join(folder, 'plan'));

  it('names a new one', async () => {
    const text = 'a: 1\nb: 2\n';
    expect(await foreseen({ [join(folder, 'plan', 'new.yml')]: text })).toEqual([
      `${join(folder, 'plan', 'new.yml')} would be made (2 lines)`,
    ]);
  });

  it('shows a difference line by line', async () => {
    writeFileSync(path, 'one: 1\ntwo: 2\nthree: 3\n');
    const lines = await foreseen({ [path]: 'one: 1\ntwo: zwei\nthree: 3\n' });
    expect(lines?.slice(0, 2)).toEqual([`--- a${path}`, `+++ b${path}`]);
    expect(lines?.filter(line => /^[-+]\w/.test(line))).toEqual(['-two: 2', '+two: zwei']);
    expect(lines?.at(-1)).not.toBe('');
  });

  it('says nothing of files that are as they should be', async () => {
    writeFileSync(path, 'one: 1\n');
    expect(await foreseen({ [path]: 'one: 1\n' })).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe('one: 1\n');
  });

  it.each(['.env', 'broker.env', 'secrets', 'key.pem', 'yml'])(
    'is never shown of one that may hold secrets: %s',
    async name => {
      const file = join(folder, 'plan', name);
      writeFileSync(file, 'PASSWORD=alt-geheim\n');
      const lines = await foreseen({ [file]: 'PASSWORD=neu-geheim\n' });
      expect(lines).toEqual([`${file} would become another one`]);
      expect(
        (await foreseen({ [join(folder, 'plan', `new-${name}`)]: 'PASSWORD=neu-geheim\n' }))?.join(),
      ).not.toContain('geheim');
    },
  );
});
