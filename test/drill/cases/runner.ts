import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionRun } from '../../../script/run-action.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';

/** Runs the smoke test with RUNNER_TEMP on a file system of 4 kB. */
async function onFullDisk(scene: Scene): Promise<ActionRun> {
  const folder = mkdtempSync(join(tmpdir(), 'drill-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder]);
  try {
    return await scene.action({ mode: 'smoke-test' }, { environment: { RUNNER_TEMP: folder } });
  } finally {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  }
}

const onRunner = (
  name: string,
  situation: string,
  environment: Record<string, string>,
  rest: Pick<DrillCase, 'right' | 'ends' | 'also' | 'quick'>,
): DrillCase => ({
  name,
  situation,
  run: scene => scene.action({ mode: 'smoke-test' }, { environment }),
  ...rest,
});

const exitCode = (wanted: number) => async (_: Scene, run: ActionRun) => {
  if (run.exitCode !== wanted) throw new Error(`the exit code is ${run.exitCode}, not ${wanted}`);
};

export const RUNNER: DrillGroup = {
  name: 'runner',
  machine: 'deployed',
  cases: [
    {
      name: 'runner-disk-full',
      situation: 'RUNNER_TEMP is on a full disk.',
      right: 'passes, with a warning that there is no report; no part of a file is left',
      run: onFullDisk,
      ends: {
        result: 'passed',
        says: [/::warning title=Kafka%3A runner-not-writable::.*ENOSPC/, /every message came back/],
        outputs: { report: '' },
      },
      also: exitCode(0),
    },
    onRunner(
      'runner-temp-missing',
      'RUNNER_TEMP is a folder that is not there.',
      { RUNNER_TEMP: '/nonexistent' },
      {
        right: 'passes, with a warning that there is no report',
        quick: true,
        ends: { result: 'passed', says: [/runner-not-writable::.*ENOENT/], outputs: { report: '' } },
        also: exitCode(0),
      },
    ),
    onRunner(
      'runner-outputs-lost',
      'The file for the outputs is on a full disk.',
      { GITHUB_OUTPUT: '/dev/full' },
      {
        right: 'the step fails with runner-not-writable; the verdict of the cluster is told all the same',
        // There are no outputs: the run is known by its log and exit code.
        ends: {
          result: undefined,
          says: [
            /::error title=Kafka%3A runner-not-writable::the outputs.*ENOSPC/,
            /every message came back/,
          ],
        },
        also: exitCode(1),
      },
    ),
    onRunner(
      'runner-state-lost',
      'The file for the post step is on a full disk.',
      { GITHUB_STATE: '/dev/full' },
      {
        right: 'runner-not-writable before the machine is touched',
        ends: { result: 'failed', code: 'runner-not-writable', neverSays: [/::group::Connect/] },
        also: exitCode(1),
      },
    ),
  ],
};
