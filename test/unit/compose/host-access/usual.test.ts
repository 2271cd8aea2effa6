import { describe, expect, it } from 'vitest';
import { hostAccessOf } from '../../../../src/compose/host-access/host-access.ts';
import { foldersAbove } from '../../../../src/compose/host-access/paths.ts';
import { loadCompose } from '../../../../src/compose/reader/load.ts';

type Files = Readonly<Record<string, string>>;

const service = (text: string, rest = ''): Files => ({
  'ci/docker-compose.yml': `services:\n  app:\n    image: busybox:1.37\n    ${text.trim().replaceAll('\n', '\n    ')}\n${rest}`,
});
const project = (rest: string) => service('restart: always', rest);

describe('what files of one’s own have on purpose', () => {
  const isTold = (files: Files) => {
    const [path = ''] = Object.keys(files);
    const { model } = loadCompose([{ path, text: files[path] ?? '' }]);
    return hostAccessOf({ model, isStranger: false, foldersAbove: foldersAbove(path) }).length > 0;
  };
  const mount = (text: string): [string, Files] => [text, service(`volumes: ['${text}']`)];

  it.each<[string, Files]>([
    ...['../conf:/x', '.:/app', '/etc/localtime:/etc/localtime:ro', '/srv/kafka:/x', '/home/ops/zoo:/x'].map(
      mount,
    ),
    ...['/var/lib/mysql:/x', '~/.m2:/x', '/etcetera:/x'].map(mount),
    ...['gpus: all', 'build: ..', 'env_file: ../kafka.env'].map((text): [string, Files] => [
      text,
      service(text),
    ]),
    ['a volume with options', project('volumes: {v: {driver_opts: {type: none, o: bind, device: /srv}}}')],
  ])('is not told: %s', (_, files) => expect(isTold(files)).toBe(false));

  it.each<[string, Files]>([
    ...['/:/x', '/:/x:ro', '//etc/:/x', '/etc:/x', '/var/run/docker.sock:/s', './docker.sock:/s'].map(mount),
    ...['/var/run:/x', '/var/lib/docker/containers:/x', '/root/.ssh:/x', '/etc/ssh:/x', '/proc:/x:ro'].map(
      mount,
    ),
    ...['privileged: true', 'pid: host', 'cap_add: [SYS_ADMIN]', 'devices: ["/dev/sda:/dev/sda"]'].map(
      (text): [string, Files] => [text, service(text)],
    ),
  ])('does not hide: %s', (_, files) => expect(isTold(files)).toBe(true));
});
