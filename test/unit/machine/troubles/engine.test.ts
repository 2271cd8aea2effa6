import { describe, expect, it } from 'vitest';
import { engineDown, engineHung, engineState, reasonIn } from '../../../../src/machine/troubles/engine.ts';
import { type Answer, ScriptedHost } from '../../support/scripted-host.ts';

const row = (unit: string, active = 'active', load = 'loaded', process = 'S (sleeping)') =>
  [unit, active, load, process === '' ? '0' : '42', process].join('\t');
const stateOf = (docker: string, containerd = row('containerd'), journal = '') =>
  engineState(new ScriptedHost([[/^sh -c /, { stdout: `${docker}\n${containerd}\njournal\n${journal}` }]]));

describe('an engine that hangs', () => {
  it.each<[string, string, string, RegExp, RegExp]>([
    [
      'itself',
      row('docker', 'active', 'loaded', 'T (stopped)'),
      row('containerd'),
      /docker\.service is active, its process 42 is in state T \(stopped\)/,
      /sudo systemctl restart docker\./,
    ],
    [
      'because containerd does',
      row('docker'),
      row('containerd', 'active', 'loaded', 'T (stopped)'),
      /containerd\.service is active, its process 42 is in state T/,
      /restart containerd\./,
    ],
    [
      'because containerd is dead',
      row('docker'),
      row('containerd', 'failed', 'loaded', ''),
      /containerd\.service is failed/,
      /restart containerd\./,
    ],
    [
      'where containerd is no service',
      row('docker'),
      row('containerd', 'inactive', 'not-found', ''),
      /within 10 s; docker\.service is active[^,]*, its process 42[^,]*$/,
      /restart docker\./,
    ],
  ])('is told with what systemd and the kernel know: %s', async (_, docker, containerd, words, hint) => {
    const error = engineHung(await stateOf(docker, containerd), 10);
    expect(error.code).toBe('docker-not-running');
    expect(error.message).toMatch(words);
    expect(error.hint).toMatch(hint);
  });

  it('is told also when systemd does not answer', async () => {
    const answers: Answer[] = [{ throws: new Error('lost') }];
    const state = await engineState(new ScriptedHost([[/./, ...answers]]));
    expect(engineHung(state, 10).message).toContain('docker.service is unknown');
  });
});

describe('an engine that does not come up', () => {
  const JOURNAL = [
    'Starting docker.service - Docker Application Container Engine...',
    'time="2026-11-26T14:00:00Z" level=info msg="Starting up"',
    "unable to configure the Docker daemon with file /etc/docker/daemon.json: invalid character '}'",
    'docker.service: Main process exited, code=exited, status=1/FAILURE',
    'Failed to start docker.service - Docker Application Container Engine.',
  ].join('\n');

  it.each<[string, string, string, string, RegExp, RegExp]>([
    [
      'its settings cannot be read',
      row('docker', 'failed', 'loaded', ''),
      JOURNAL,
      '',
      /does not start: unable to configure .*invalid character/,
      /Correct \/etc\/docker\/daemon\.json/,
    ],
    [
      'it is masked',
      row('docker', 'inactive', 'masked', ''),
      '',
      'Unit is masked',
      /docker\.service is masked/,
      /systemctl unmask docker/,
    ],
    [
      'its socket is gone',
      row('docker'),
      '',
      'Cannot connect to the Docker daemon',
      /is active, but .*Cannot connect/,
      /restart docker\.socket/,
    ],
    [
      'nobody knows why',
      row('docker', 'failed', 'loaded', ''),
      '',
      '',
      /does not start$/,
      /systemctl status docker/,
    ],
  ])('says why: %s', async (_, docker, journal, answer, words, hint) => {
    const error = engineDown(await stateOf(docker, undefined, journal), answer);
    expect(error.code).toBe('docker-not-running');
    expect(error.message).toMatch(words);
    expect(error.hint).toMatch(hint);
  });

  it('is not started by a masked containerd', async () => {
    const state = await stateOf(
      row('docker', 'inactive', 'loaded', ''),
      row('containerd', 'inactive', 'masked', ''),
    );
    expect(engineDown(state, '').hint).toContain('unmask containerd.service');
  });

  it('gives its reason without time and level', () => {
    expect(reasonIn(['time="x" level=fatal msg="no \\"space\\" left"', 'docker.service: Failed.'])).toBe(
      'no "space" left',
    );
    expect(reasonIn(['failed to start daemon: no space', 'Stopped docker.service'])).toBe(
      'failed to start daemon: no space',
    );
    expect(reasonIn(['Started docker.service'])).toBeUndefined();
  });
});
