import { normalize } from 'node:path/posix';
import type { Service } from '../reader/model.ts';
import { asList, asScalar, type Scalar, scalarsIn, textAt, type Value, valueAt } from '../reader/value.ts';
import { type HostAccess, isOff, isOpen, type Look } from './look.ts';
import { isOutside, isWithin } from './paths.ts';

/** What the action runs, or hands to Docker, from the folder of the compose file on the machine. */
const RUN_BY_THE_ACTION = ['docker-compose.yml', '.env', 'producer.py', 'consumer.py', 'kafka_env'];

/** A folder or file of the machine that a container gets. */
interface Bind {
  readonly source: string;
  readonly isWritable: boolean;
  readonly value: Value;
}

/** What a service gets of the machine's files by its mounts. */
export function mountAccess({ name, whole }: Service, look: Look): HostAccess[] {
  const items = asList(valueAt(whole, 'volumes'))?.items ?? [];
  return items.flatMap(item => {
    if (look.isStranger && scalarsIn(item).some(isOpen)) {
      const message = `What "${name}" mounts depends on a variable, which may have another value on the machine.`;
      return [{ place: item.place, message }];
    }
    const bind = bindOf(item);
    const why = bind && reasonOf(bind, look);
    if (!bind || why === undefined) return [];
    return [{ place: item.place, message: `"${name}" ${why}.`, isUsual: !isOfTheSystem(bind.source) }];
  });
}

/**
 * The socket of Docker, or a folder that the machine itself lives in, as a whole. A file in it (`/etc/localtime`), a folder for data
 * (`/srv/kafka`) or one beside the compose file is no such thing.
 */
function isOfTheSystem(source: string): boolean {
  const path = normalize(`${source}/`).slice(0, -1);
  return (
    SYSTEM.has(path) || /docker\.sock$/.test(path) || SECRETS.some(each => `${path}/`.startsWith(`${each}/`))
  );
}

const SYSTEM = new Set([
  ...[
    '',
    '/bin',
    '/boot',
    '/dev',
    '/etc',
    '/home',
    '/lib',
    '/lib64',
    '/proc',
    '/root',
    '/run',
    '/sbin',
    '/sys',
  ],
  ...['/usr', '/usr/bin', '/usr/lib', '/usr/sbin', '/var', '/var/lib', '/var/run'],
]);
/** Whoever reads or changes what is in them is root, too. */
const SECRETS = [
  '/root',
  '/etc/passwd',
  '/etc/shadow',
  '/etc/ssh',
  '/etc/sudoers',
  '/etc/sudoers.d',
  '/var/lib/docker',
];

function reasonOf(bind: Bind, look: Look): string | undefined {
  const { source, isWritable, value } = bind;
  const { model, isStranger } = look;
  if (/docker\.sock\/?$/.test(source)) return "gets the Docker Engine's socket: it is root on the machine";
  if (isOutside(source, value.place.file, look))
    return `mounts ${source} of the machine, which is not below the compose file's folder`;
  if (!isWritable) return undefined;
  const path = model.fromFolder(source, value.place.file);
  const changes = RUN_BY_THE_ACTION.find(own => isWithin(own, path) || isWithin(path, own));
  if (changes !== undefined) return `may change ${changes} on the machine, which is run there (${source})`;
  const above = writableBinds(look).find(other => other !== path && isWithin(path, other));
  if (above !== undefined)
    return `mounts ${source}, in the place of which a container that writes to ${above} may put a link to anything`;
  if (isStranger)
    return `may write to ${source} on the machine: a later mount follows the links that it leaves there`;
  return undefined;
}

function writableBinds({ model }: Look): string[] {
  return model.services
    .flatMap(({ whole }) => asList(valueAt(whole, 'volumes'))?.items ?? [])
    .flatMap(item => bindOf(item) ?? [])
    .filter(({ isWritable }) => isWritable)
    .map(({ source, value }) => model.fromFolder(source, value.place.file));
}

function bindOf(item: Value): Bind | undefined {
  return item.kind === 'scalar' ? shortBind(item) : longBind(item);
}

/** `SOURCE:TARGET[:MODE]`, where the source of a bind begins like a path. */
function shortBind(item: Scalar): Bind | undefined {
  const [source = '', target, mode = ''] = partsOf(item.text.trim());
  if (target === undefined || !/^([./~\\]|[A-Za-z]:[\\/])/.test(source)) return undefined;
  return { source, isWritable: !mode.split(',').includes('ro'), value: item };
}

/** A drive's letter has a colon of its own. */
const partsOf = (text: string) => text.match(/^[A-Za-z]:[\\/][^:]*|[^:]+/g) ?? [];

function longBind(item: Value): Bind | undefined {
  const type = textAt(item, 'type')?.text.trim().toLowerCase();
  const source = textAt(item, 'source') ?? textAt(item, 'src');
  if (source === undefined || type === 'tmpfs' || type === 'image' || type === 'cluster') return undefined;
  if (type === 'volume' && !/^[./~\\]/.test(source.text.trim())) return undefined;
  const readOnly = asScalar(valueAt(item, 'read_only') ?? valueAt(item, 'readonly'));
  return {
    source: source.text.trim(),
    isWritable: readOnly === undefined || isOff(readOnly.text),
    value: item,
  };
}
