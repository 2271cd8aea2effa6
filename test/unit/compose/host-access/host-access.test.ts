// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are Compose's.
import { describe, expect, it } from 'vitest';
import { hostAccessOf } from '../../../../src/compose/host-access/host-access.ts';
import { loadCompose } from '../../../../src/compose/reader/load.ts';

type Files = Readonly<Record<string, string>>;

/** Messages about these files, of which the first is the compose file; one that begins with `+` is merged over it. */
function accessIn(files: Files, isStranger: boolean): string[] {
  const [first = '', ...others] = Object.keys(files);
  const given = [first, ...others.filter(name => name.includes('+'))];
  const { model } = loadCompose(
    given.map(path => ({ path, text: files[path] ?? '' })),
    { readFile: path => files[path] },
  );
  return hostAccessOf({ model, isStranger }).map(({ message }) => message);
}

const service = (text: string, rest = ''): Files => ({
  'ci/docker-compose.yml': `services:\n  app:\n    image: busybox:1.37\n    ${text.trim().replaceAll('\n', '\n    ')}\n${rest}`,
});
const project = (rest: string) => service('restart: always', rest);

const ACCESS: readonly (readonly [string, Files])[] = [
  ...[
    ...['true', 'yes', 'on', '"1"', "'True'", '${X:-true}', '!!str true'].map(
      value => `privileged: ${value}`,
    ),
    'use_api_socket: true',
    'provider: {type: anything}',
    'provider:\n  type: /bin/sh',
    ...['pid', 'ipc', 'uts', 'cgroup', 'userns_mode', 'network_mode'].map(key => `${key}: host`),
    ...['pid', 'ipc', 'network_mode'].map(key => `${key}: container:other`),
    'pid: "${X:-ho}st"',
    'cgroup_parent: /system.slice',
    ...['[SYS_ADMIN]', '[CAP_SYS_PTRACE]', '[ALL]', '["all"]', '\n  - NET_ADMIN'].map(
      list => `cap_add: ${list}`,
    ),
    'devices: ["/dev/sda:/dev/sda"]',
    'devices:\n  - source: /dev/sda\n    target: /dev/sda',
    'device_cgroup_rules: ["a *:* rwm"]',
    'gpus: all',
    'gpus:\n  - driver: nvidia',
    'deploy:\n  resources:\n    reservations:\n      devices: [{capabilities: [gpu]}]',
    ...[
      'seccomp:unconfined',
      'seccomp=unconfined',
      'apparmor=unconfined',
      'label:disable',
      'systempaths=unconfined',
    ].map(option => `security_opt: ["${option}"]`),
    'security_opt: [seccomp=./profile.json]',
    'runtime: kata',
    'volumes_from: ["container:other"]',
    'volumes_from: ["container:other:ro"]',
    'post_start:\n  - command: id\n    privileged: true',
    'pre_stop:\n  - command: id\n    privileged: true',
    'env_file: /root/.aws/credentials',
    'env_file: [../other.env]',
    'env_file:\n  - path: /etc/machine.env\n    required: false',
    'label_file: /etc/labels',
    'build: /etc',
    'build: ..',
    'build: {context: ., privileged: true}',
    'build: {context: ., network: host}',
    'build: {context: ., entitlements: [security.insecure]}',
    'build: {context: ., ssh: [default]}',
    'build: {context: ., dockerfile: ../../Dockerfile}',
    'build: {context: ., additional_contexts: {x: /etc}}',
    'build: {context: ., additional_contexts: ["x=/etc"]}',
  ].map(text => [text, service(text)] as const),
  ...[
    ...[
      '/:/host',
      '/:/host:ro',
      '/etc:/x',
      '//etc:/x',
      '/var/run/docker.sock:/s',
      '~:/x',
      '~/.ssh:/x',
      '..:/x',
      '../..:/x',
    ],
    ...[
      './../x:/x',
      './a/../../x:/x',
      '${X:-/etc}:/x',
      '${X:-~}/a:/x',
      './:/x',
      '.:/x',
      './a/..:/x',
      './kafka_env:/x',
    ],
    ...['./kafka_env/bin:/x', './producer.py:/x', './docker-compose.yml:/x', './docker.sock:/x', 'C:\\x:/x'],
  ].map(mount => [mount, service(`volumes: ['${mount}']`)] as const),
  ...[
    '{type: bind, source: /, target: /host}',
    '{type: bind, source: /etc, target: /x, read_only: true}',
    '{type: bind, source: ~/.ssh, target: /x}',
    '{type: bind, source: .., target: /x}',
    '{type: "${X:-bind}", source: "${Y:-/etc}", target: /x}',
    '{type: volume, source: /etc, target: /x}',
    '{type: npipe, source: /var/run/docker.sock, target: /x}',
  ].map(mount => [mount, service(`volumes:\n  - ${mount}`)] as const),
  ['a mount below one that is written to', service("volumes: ['./data:/data', './data/link:/host']")],
  ['an anchor', { 'a.yml': 'x-a: &a\n  privileged: true\nservices:\n  app:\n    <<: *a\n    image: x:1\n' }],
  [
    'a merge of several',
    {
      'a.yml':
        'x-a: &a {pid: host}\nx-b: &b {tty: true}\nservices:\n  app:\n    <<: [*b, *a]\n    image: x:1\n',
    },
  ],
  [
    'extends of another file',
    {
      'ci/a.yml': 'services:\n  app:\n    extends: {file: base/b.yml, service: base}\n',
      'ci/base/b.yml': 'services:\n  base:\n    image: x:1\n    volumes: ["../../x:/x"]\n',
    },
  ],
  [
    'extends of the same file',
    {
      'a.yml':
        'services:\n  app:\n    extends: base\n  base:\n    image: x:1\n    profiles: [never]\n    cap_add: [SYS_ADMIN]\n',
    },
  ],
  [
    'an override file',
    { 'a.yml': 'services:\n  app:\n    image: x:1\n', '+b.yml': 'services:\n  app:\n    privileged: true\n' },
  ],
  [
    'a volume whose options come from two files',
    {
      'a.yml': 'services:\n  app:\n    image: x:1\nvolumes:\n  v:\n    driver_opts: {type: none}\n',
      '+b.yml': 'volumes:\n  v:\n    driver_opts: {o: bind, device: /}\n',
    },
  ],
  [
    'a second document',
    { 'a.yml': 'services:\n  app:\n    image: x:1\n---\nservices:\n  app:\n    pid: host\n' },
  ],
  ['a service with a profile', service('profiles: [later]\nprivileged: true')],
  ...[
    'volumes:\n  v:\n    driver_opts: {type: none, o: bind, device: /etc}',
    'volumes:\n  v:\n    driver: local\n    driver_opts:\n      type: "none"\n      o: "bind,ro"\n      device: /',
    'volumes: {v: {driver_opts: {type: ext4, device: /dev/sda1}}}',
    'volumes: {v: {driver_opts: {type: overlay, o: "lowerdir=/etc", device: overlay}}}',
    'volumes: {v: {driver_opts: {o: bind, device: /etc}}}',
    'volumes: {v: {driver_opts: {type: tmpfs, o: bind, device: /etc}}}',
    'volumes: {v: {driver_opts: {type: "${X:-none}", o: "${Y:-bind}", device: "${Z:-/}"}}}',
    'volumes: {v: {driver: local-persist, driver_opts: {mountpoint: /etc}}}',
    'networks: {n: {driver: macvlan, driver_opts: {parent: eth0}}}',
    'networks: {n: {driver: host}}',
    'networks: {n: {external: true, name: host}}',
    'networks: {host: {external: true}}',
    'networks: {n: {driver_opts: {com.docker.network.bridge.name: docker0}}}',
    'secrets: {s: {file: /etc/shadow}}',
    'secrets: {s: {file: ../other}}',
    'secrets: {s: {file: ~/.ssh/id_rsa}}',
    'configs: {c: {file: /root/.docker/config.json}}',
  ].map(text => [text, project(text)] as const),
];

describe('what a compose file gets of the machine', () => {
  it.each(ACCESS)('is found, whoever wrote it: %s', (_, files) => {
    for (const isStranger of [false, true]) {
      const found = accessIn(files, isStranger);
      expect(found.length).toBeGreaterThan(0);
      for (const message of found)
        expect(message).toMatch(/^(What )?("app"|"base"|The (volume|network) "\w+"|"\w+") .*\.$/);
    }
  });

  it.each<[string, Files]>([
    ...[
      'privileged: false',
      'privileged: "no"',
      'use_api_socket: false',
      'cap_drop: [ALL]\ncap_add: [CHOWN, CAP_SETUID, net_bind_service]',
      'security_opt: ["no-new-privileges:true"]',
      'security_opt: [no-new-privileges]',
      'network_mode: bridge',
      'network_mode: "service:other"',
      'pid: "service:other"',
      'ipc: shareable',
      'cgroup: private',
      'runtime: runc',
      'env_file: kafka.env',
      'env_file: [{path: ./sub/kafka.env, required: false}]',
      'volumes: ["data:/var/lib/kafka/data", /anonymous]',
      'volumes: [{type: volume, source: data, target: /x}, {type: tmpfs, target: /y}]',
      'volumes: ["./jaas.conf:/etc/kafka/jaas.conf:ro"]',
      'volumes: ["./x:/x:ro,z", {type: bind, source: ./y, target: /y, read_only: true}]',
      'volumes_from: [other]',
      'tmpfs: /run',
      'post_start: [{command: id}]',
    ].map((text): [string, Files] => [text, service(text)]),
    ...[
      'volumes: {data: {}}',
      'volumes: {data: }',
      'volumes: {data: {driver: local}}',
      'volumes: {data: {driver_opts: {type: tmpfs, device: tmpfs, o: "size=100m"}}}',
      'networks: {n: {driver: bridge}}',
      'secrets: {s: {file: ./secret.txt}}',
      'configs: {c: {file: conf/server.properties}, d: {content: x}}',
    ].map((text): [string, Files] => [text, project(text)]),
  ])('is nothing, even of a stranger: %s', (_, files) => {
    expect(accessIn(files, true)).toEqual([]);
  });

  it.each<[string, Files]>([
    ...[
      'volumes: ["./data:/data"]',
      'volumes: ["${DATA:-data}:/data"]',
      'volumes: ["$DATA:/data"]',
      'volumes: [{type: volume, source: "${DATA:-data}", target: /data}]',
      'privileged: ${X:-false}',
      'pid: "${HOME:+host}"',
      'env_file: "${FILE:-kafka.env}"',
      'network_mode: other_default',
      'external_links: [other]',
      'logging: {driver: awslogs}',
    ].map((text): [string, Files] => [text, service(text)]),
    ...[
      'volumes: {v: {external: true}}',
      'volumes: {v: {name: other_data}}',
      'volumes: {v: {external: {name: other_data}}}',
      'networks: {n: {external: true}}',
      'networks: {n: {name: other_default}}',
      'secrets: {s: {environment: HOME}}',
    ].map((text): [string, Files] => [text, project(text)]),
  ])('may be something, which only counts of a stranger: %s', (_, files) => {
    expect(accessIn(files, false)).toEqual([]);
    expect(accessIn(files, true).length).toBeGreaterThan(0);
  });
});
