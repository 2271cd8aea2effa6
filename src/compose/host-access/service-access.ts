import type { Service } from '../reader/model.ts';
import { asList, asMap, type Value, valueAt } from '../reader/value.ts';
import { type HostAccess, isOff, type Look, textsThat } from './look.ts';
import { isNeededByMonitor } from './monitors.ts';
import { isOutside } from './paths.ts';

/** What Docker gives every container; to name it again after `cap_drop` takes away rather than gives. */
const DEFAULT_CAPABILITIES = new Set([
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
  ...['NET_RAW', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
]);
/** Drivers of logs that stay on the machine, in files of the Docker Engine's own. */
const OWN_LOGS = new Set(['json-file', 'local', 'none', 'journald']);

const isHost = (text: string) => /^(host$|container:)/i.test(text);
const isSaid = (text: string) => text !== '';
const isOn = (text: string) => !isOff(text);
const capability = (text: string) => text.toUpperCase().replace(/^CAP_/, '');
/** Rights to hold memory and to be served first, as databases ask for: neither leads to the machine. */
const isMild = (text: string) => ['IPC_LOCK', 'SYS_NICE'].includes(capability(text));
const isCapability = (text: string) => !DEFAULT_CAPABILITIES.has(capability(text)) && !isMild(text);
const isLooser = (text: string) => !/^no-new-privileges\b/i.test(text);

/** One part of a service: where it is, which of its texts are access, and what these come to. */
interface Part {
  readonly path: string;
  readonly isAccess: (text: string) => boolean;
  readonly means: string;
  /** Only the file of a stranger is judged by it. */
  readonly strangerOnly?: boolean;
}

/** Source: https://docs.docker.com/reference/compose-file/services/; `*` stands for every item. */
const PARTS: readonly Part[] = [
  { path: 'privileged', isAccess: isOn, means: 'is privileged: it can do all that root of the machine can' },
  {
    path: 'use_api_socket',
    isAccess: isOn,
    means: "gets the Docker Engine's socket: it is root on the machine",
  },
  {
    path: 'provider',
    isAccess: isSaid,
    means: 'is made by a program that Compose starts on the machine, as root',
  },
  { path: 'pid', isAccess: isHost, means: 'sees and signals processes beyond its project' },
  { path: 'ipc', isAccess: isHost, means: 'shares memory with processes beyond its project' },
  { path: 'uts', isAccess: isHost, means: "has the machine's host name as its own" },
  {
    path: 'userns_mode',
    isAccess: isSaid,
    means: "leaves Docker's user namespace: its root is the machine's",
  },
  { path: 'cgroup', isAccess: isHost, means: "has the machine's control groups" },
  { path: 'cgroup_parent', isAccess: isSaid, means: 'puts itself into a control group of the machine' },
  {
    path: 'network_mode',
    isAccess: isHost,
    means:
      'listens in a network beyond its project without publishing anything, and reaches all that is there',
  },
  {
    path: 'cap_add',
    isAccess: isCapability,
    means: "gets a right of root that Docker's containers do not have",
  },
  {
    path: 'cap_add',
    isAccess: isMild,
    means: "gets a right of root that Docker's containers do not have",
    strangerOnly: true,
  },
  { path: 'devices', isAccess: isSaid, means: 'gets a device of the machine' },
  { path: 'device_cgroup_rules', isAccess: isSaid, means: 'may use devices of the machine' },
  {
    path: 'gpus',
    isAccess: isSaid,
    means: 'gets a device of the machine',
    strangerOnly: true,
  },
  {
    path: 'deploy.resources.reservations.devices',
    isAccess: isSaid,
    means: 'gets a device of the machine',
    strangerOnly: true,
  },
  { path: 'security_opt', isAccess: isLooser, means: 'changes what keeps it apart from the machine' },
  {
    path: 'runtime',
    isAccess: text => !/^(runc|io\.containerd\.runc\.v2|nvidia|)$/.test(text),
    means: 'is run by another program than Docker uses',
  },
  {
    path: 'runtime',
    isAccess: text => text === 'nvidia',
    means: 'is run by another program than Docker uses',
    strangerOnly: true,
  },
  { path: 'credential_spec', isAccess: isSaid, means: 'takes credentials of the machine' },
  {
    path: 'volumes_from',
    isAccess: text => /^container:/i.test(text),
    means: 'takes the mounts of a container beyond its project',
  },
  { path: 'post_start.*.privileged', isAccess: isOn, means: 'runs a privileged command' },
  { path: 'pre_start.*.privileged', isAccess: isOn, means: 'runs a privileged command' },
  { path: 'pre_stop.*.privileged', isAccess: isOn, means: 'runs a privileged command' },
  { path: 'build.privileged', isAccess: isOn, means: 'is built with all rights of root' },
  { path: 'build.entitlements', isAccess: isSaid, means: 'is built with rights beyond the usual ones' },
  {
    path: 'build.network',
    isAccess: isHost,
    means: "is built in the machine's network",
    strangerOnly: true,
  },
  {
    path: 'build.ssh',
    isAccess: isSaid,
    means: 'is built with SSH keys of the machine',
    strangerOnly: true,
  },
  {
    path: 'external_links',
    isAccess: isSaid,
    means: 'is linked to a container beyond its project',
    strangerOnly: true,
  },
  {
    path: 'logging.driver',
    isAccess: text => isSaid(text) && !OWN_LOGS.has(text),
    means: "has its log sent away by the Docker Engine, with the machine's rights",
    strangerOnly: true,
  },
  {
    path: 'network_mode',
    isAccess: text => !/^(none|bridge|default|host|service:.*|container:.*|)$/i.test(text),
    means: 'joins a network beyond its project',
    strangerOnly: true,
  },
];

/** Paths of files and folders that Compose itself reads, as root. */
const READ_PATHS = [
  ...['env_file', 'label_file', 'build.context', 'build.dockerfile', 'build.additional_contexts'],
] as const;

/** What a service gets of the machine, but for its mounts. */
export function serviceAccess(service: Service, look: Look): HostAccess[] {
  const { name, whole } = service;
  const parts = PARTS.filter(
    ({ path, strangerOnly }) => look.isStranger || (!strangerOnly && !isNeededByMonitor(service, path)),
  );
  return [
    ...parts.flatMap(({ path, isAccess, means }) =>
      valuesAt(whole, path.split('.'))
        .flatMap(value => textsThat(value, look, isAccess))
        .slice(0, 1)
        .map(scalar => ({
          place: scalar.place,
          cause: path,
          message: isAccess(scalar.text.trim())
            ? `"${name}" ${means} (${path.replace('.*', '')}).`
            : `What "${name}" gets of the machine depends on a variable, which may have another value there (${path.replace('.*', '')}).`,
        })),
    ),
    ...READ_PATHS.flatMap(path => readPathAccess(name, path, valuesAt(whole, path.split('.')), look)),
  ];
}

function readPathAccess(service: string, key: string, values: readonly Value[], look: Look): HostAccess[] {
  return values.flatMap(value =>
    textsThat(
      pathsIn(value),
      look,
      text => !isAddress(text) && isOutside(withoutName(text), value.place.file, look),
    ).map(({ place, text }) => ({
      place,
      cause: `${key} ${text}`,
      message: `"${service}" takes ${text === '' ? 'a file' : text} of the machine, which is not below the compose file's folder (${key}).`,
    })),
  );
}

/** A build may come from elsewhere: that is a file of its own place, not of the machine. */
const isAddress = (text: string) =>
  /^(https?:\/\/|git@|git:\/\/|ssh:\/\/|docker-image:\/\/|service:)/.test(text);

/** `NAME=PATH`, in a list of contexts. */
const withoutName = (text: string) => text.replace(/^[^=/]*=/, '');

/** `env_file` has its paths bare, in a list, or under `path`. */
function pathsIn(value: Value): Value {
  const list = asList(value);
  if (!list) return value;
  return { ...list, items: list.items.flatMap(item => (asMap(item) ? (valueAt(item, 'path') ?? []) : item)) };
}

function valuesAt(value: Value | undefined, [key, ...rest]: readonly string[]): Value[] {
  if (value === undefined) return [];
  if (key === undefined) return [value];
  if (key === '*') return (asList(value)?.items ?? []).flatMap(item => valuesAt(item, rest));
  // A build that is a text is its context.
  if (key === 'context' && value.kind === 'scalar') return [value];
  return valuesAt(valueAt(value, key), rest);
}
