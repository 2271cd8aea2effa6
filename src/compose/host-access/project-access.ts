import { asMap, type Entry, type Mapping, type Value, valueAt } from '../reader/value.ts';
import { type HostAccess, isOff, type Look, textsThat } from './look.ts';
import { isOutside } from './paths.ts';

type Judge = (entry: Entry, look: Look) => string | undefined;

/** What the volumes, networks, secrets and configs of a project get of the machine. */
export function projectAccess(look: Look): HostAccess[] {
  const judge = (section: string, reasonOf: Judge) =>
    [...(asMap(valueAt(look.model.top, section))?.entries.values() ?? [])].flatMap(entry => {
      const why = reasonOf(entry, look);
      return why === undefined ? [] : [{ place: entry.keyPlace, message: `${why}.`, cause: why }];
    });
  return [
    ...judge('volumes', ofVolume),
    ...judge('networks', ofNetwork),
    ...judge('secrets', ofFile),
    ...judge('configs', ofFile),
  ];
}

/** With options the driver `local` mounts whatever they name, as mount(8) does; a driver of another name is a program of its own. */
function ofVolume({ key, value }: Entry, look: Look): string | undefined {
  if (says(value, 'driver', look, text => text !== 'local'))
    return `The volume "${key}" is made by a plugin on the machine, which may mount anything there`;
  const options = asMap(valueAt(value, 'driver_opts'));
  if (options && !look.isStranger) {
    const [device] = textsThat(valueAt(options, 'device'), look, text => isFolderOutside(text, value, look));
    return device && `The volume "${key}" is ${device.text.trim()} of the machine`;
  }
  if (options && options.entries.size > 0 && !isMemory(options, look))
    return `The volume "${key}" is mounted with options of its own: it may be any folder or device of the machine`;
  return beyond('volume', key, value, look);
}

/** A device, or a folder that is mounted; `tmpfs` and the export of another machine (`:/exports`) are neither. */
const isFolderOutside = (device: string, { place }: Value, look: Look) =>
  /^\/dev\/./.test(device) || isOutside(device, place.file, look);

/** `type: tmpfs`, and nothing that makes another mount of it. */
function isMemory(options: Mapping, look: Look): boolean {
  const isOther = says(options, 'type', look, text => text !== 'tmpfs');
  return (
    options.entries.has('type') && !isOther && !says(options, 'o', look, text => /bind|lowerdir/.test(text))
  );
}

function ofNetwork({ key, value }: Entry, look: Look): string | undefined {
  if (says(value, 'driver', look, text => !/^(bridge|none|overlay|default)$/.test(text)))
    return `The network "${key}" is made by a driver that puts containers into a network of the machine`;
  if (says(value, 'name', look, isHostNetwork) || (isExternal(value, look) && isHostNetwork(key)))
    return `The network "${key}" is the machine's own`;
  const options = valueAt(value, 'driver_opts');
  if (
    options &&
    [...(asMap(options)?.entries.keys() ?? [])].some(name => /bridge\.name$|^parent$/.test(name))
  )
    return `The network "${key}" takes over an interface of the machine`;
  return beyond('network', key, value, look);
}

const isHostNetwork = (name: string) => name === 'host';

/** What a stranger names may be somebody else's. */
function beyond(what: string, key: string, value: Value, look: Look): string | undefined {
  if (!look.isStranger) return undefined;
  if (isExternal(value, look)) return `The ${what} "${key}" is not of this project`;
  if (says(value, 'name', look, text => text !== ''))
    return `The ${what} "${key}" has a name of its own, which may be that of another project`;
  return undefined;
}

const isExternal = (value: Value, look: Look) =>
  asMap(valueAt(value, 'external')) !== undefined || says(value, 'external', look, text => !isOff(text));

function ofFile({ key, value }: Entry, look: Look): string | undefined {
  const outside = (text: string) => isOutside(text, value.place.file, look);
  if (says(value, 'file', look, outside))
    return `"${key}" is a file of the machine that is not below the compose file's folder`;
  if (look.isStranger && valueAt(value, 'environment') !== undefined)
    return `"${key}" is a variable of the machine`;
  return undefined;
}

const says = (value: Value, key: string, look: Look, isAccess: (text: string) => boolean): boolean =>
  textsThat(valueAt(value, key), look, isAccess).length > 0;
