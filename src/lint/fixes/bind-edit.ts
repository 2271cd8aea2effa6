import type { SourceText } from '../../compose/reader/place.ts';
import type { Port } from '../../compose/reader/ports.ts';
import { type Mapping, textAt, textOf } from '../../compose/reader/value.ts';
import type { Edit } from '../rule.ts';
import { insertBelow } from './edits.ts';

const LOOPBACK = '127.0.0.1';

/** How a port is written that is published on 127.0.0.1 only. */
export function boundPort({ entry, published, target, protocol }: Port): string {
  if (entry.kind === 'map') return `host_ip: ${LOOPBACK}`;
  const shown = ({ from, to }: Port['target']) => (from === to ? `${from}` : `${from}-${to}`);
  const suffix = protocol === 'tcp' ? '' : `/${protocol}`;
  return `"${LOOPBACK}:${published ? shown(published) : ''}:${shown(target)}${suffix}"`;
}

/** Publishes a port on 127.0.0.1 only; undefined where the file does not have the port written out. */
export function bindEdit({ entry, published, address }: Port, source: SourceText): Edit | undefined {
  const { file } = source;
  if (entry.kind === 'map') return bindLongForm(entry, source);
  if (entry.kind !== 'scalar') return undefined;
  const { contentStart: start, text } = textOf(entry);
  if (start === undefined) return undefined;
  if (address !== undefined) {
    const given = /^(\[[^\]]*\]|[^:]*):/.exec(text)?.[1];
    return given === undefined ? undefined : { file, start, end: start + given.length, text: LOOPBACK };
  }
  // Without a port of the machine Docker picks one, and an empty place is left for it.
  return { file, start, end: start, text: published ? `${LOOPBACK}:` : `${LOOPBACK}::` };
}

function bindLongForm(entry: Mapping, source: SourceText): Edit | undefined {
  const { file } = source;
  const given = textAt(entry, 'host_ip');
  if (given) {
    const { contentStart: start, text } = given;
    return start === undefined ? undefined : { file, start, end: start + text.length, text: LOOPBACK };
  }
  const target = entry.entries.get('target');
  if (!target || target.keyPlace.file !== file) return undefined;
  if (entry.flow) {
    const at = target.keyPlace.start;
    return { file, start: at, end: at, text: `host_ip: ${LOOPBACK}, ` };
  }
  const indent = ' '.repeat(target.keyPlace.column - 1);
  return insertBelow(source, target.value.place.end, [`${indent}host_ip: ${LOOPBACK}`]);
}
