import type { Service } from '../reader/model.ts';
import { asList, asScalar, type Scalar, scalarsIn, textAt, type Value, valueAt } from '../reader/value.ts';
import { type HostAccess, isKnown, isOff, isOpen, type Look } from './look.ts';
import { isMonitor } from './monitors.ts';
import { isOutside, isWithin } from './paths.ts';

/** What the action runs, or hands to Docker, from the folder of the compose file on the machine. */
const RUN_BY_THE_ACTION = [
  'docker-compose.yml',
  '.env',
  'producer.py',
  'consumer.py',
  'client_settings.py',
  'kafka_env',
];

/** A folder or file of the machine that a container gets. */
interface Bind {
  readonly source: string;
  readonly isWritable: boolean;
  readonly value: Value;
}

/** What a service gets of the machine's files by its mounts. */
export function mountAccess(service: Service, look: Look): HostAccess[] {
  const items = asList(valueAt(service.whole, 'volumes'))?.items ?? [];
  return look.isStranger
    ? items.flatMap(item => accessOfStranger(service, item, look))
    : accessOfAuthor(service, items, look);
}

function accessOfStranger({ name }: Service, item: Value, look: Look): HostAccess[] {
  const access = (message: string) => [{ place: item.place, message, cause: message }];
  if (scalarsIn(item).some(isOpen))
    return access(
      `What "${name}" mounts depends on a variable, which may have another value on the machine.`,
    );
  const bind = bindOf(item);
  const why = bind && reasonOf(bind, look);
  return why === undefined ? [] : access(`"${name}" ${why}.`);
}

/** All that one service mounts of the machine, or that several mount alike, is one decision. */
function accessOfAuthor(service: Service, items: readonly Value[], look: Look): HostAccess[] {
  const { name } = service;
  const binds = items
    .filter(item => scalarsIn(item).every(isKnown))
    .flatMap(item => bindOf(item) ?? [])
    .filter(({ source, value }) => isSocket(source) || isOutside(source, value.place.file, look))
    .filter(({ isWritable }) => isWritable || !isMonitor(service));
  const sources = [...new Set(binds.map(({ source }) => source))];
  const [socket, others] = [sources.find(isSocket), sources.filter(source => !isSocket(source))];
  const parts = [
    ...(socket === undefined
      ? []
      : ["gets the Docker Engine's socket, with which it is root on the machine"]),
    ...(others.length === 0 ? [] : [`mounts ${listed(others)} of the machine`]),
  ];
  const message = `"${name}" ${parts.join(', and ')}.`;
  return binds.map(({ value: { place } }) => ({ place, message, cause: `mounts ${sources.join()}` }));
}

const isSocket = (source: string) => /docker\.sock\/?$/.test(source);
const listed = (names: readonly string[]) =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** What a stranger could do with a mount. */
function reasonOf(bind: Bind, look: Look): string | undefined {
  const { source, isWritable, value } = bind;
  const { model } = look;
  if (isSocket(source)) return "gets the Docker Engine's socket: it is root on the machine";
  if (isOutside(source, value.place.file, look))
    return `mounts ${source} of the machine, which is not below the compose file's folder`;
  if (!isWritable) return undefined;
  const path = model.fromFolder(source, value.place.file);
  const changes = RUN_BY_THE_ACTION.find(own => isWithin(own, path) || isWithin(path, own));
  if (changes !== undefined) return `may change ${changes} on the machine, which is run there (${source})`;
  const above = writableBinds(look).find(other => other !== path && isWithin(path, other));
  if (above !== undefined)
    return `mounts ${source}, in the place of which a container that writes to ${above === '' ? "the compose file's folder" : above} may put a link to anything`;
  return `may write to ${source} on the machine: a later mount follows the links that it leaves there`;
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
