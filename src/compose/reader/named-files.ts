import { isAbsolute } from 'node:path/posix';
import { placeholderOf } from './always-set.ts';
import { type EnvironmentFile, parseEnvironmentFile, parseRawEnvironmentFile } from './environment-file.ts';
import type { Fault } from './fault.ts';
import type { Lookup } from './interpolate.ts';
import type { EnvironmentEntry } from './model.ts';
import { type NamedFile, textOf } from './named-file.ts';
import { SourceText } from './place.ts';
import { asScalar, type Text, textAt, type Value } from './value.ts';

/** Characters of an env file that is read; a thousand settings need less. */
export const MAX_ENVIRONMENT_FILE = 64 * 1024;

interface Dependencies {
  readonly readFile: (path: string) => NamedFile;
  /** A name as a path, as the compose file's own is given. @param from the compose file that has the name */
  readonly pathOf: (name: string, from: string) => string;
  readonly lookup: Lookup;
  readonly sources: Map<string, SourceText>;
  readonly report: (fault: Fault) => void;
}

/** Reads the files that compose files name, and says which of them are not there. */
export class NamedFiles {
  private readonly with: Dependencies;

  constructor(dependencies: Dependencies) {
    this.with = dependencies;
  }

  /**
   * The text of a file without which Compose refuses the project.
   * @param isNeeded false where Compose may do without it, or may not need it
   */
  text(name: Text, isNeeded: boolean): { readonly path: string; readonly text: string } | undefined {
    const { report, pathOf } = this.with;
    const { place } = name;
    if (name.unresolved.some(variable => placeholderOf(variable) !== undefined)) {
      const message = 'The file cannot be read: its name depends on a variable of the machine.';
      report({ kind: 'file-unread', message, place });
      return undefined;
    }
    const path = name.text === '' ? '' : pathOf(name.text, place.file);
    const text = path === '' ? undefined : this.read(path, name);
    if (text !== undefined) return { path, text };
    if (text === undefined && path !== '' && this.isRefused(path)) return undefined;
    if (isOfMachine(name.text)) {
      if (isNeeded) this.unread(name, 'is one of the machine, and cannot be read here');
      return undefined;
    }
    if (isNeeded) report({ kind: 'file-missing', message: missing(name, path), place, path });
    return undefined;
  }

  /** The `.env` beside the first compose file, which need not be there. */
  beside(path: string, from: SourceText): EnvironmentFile['variables'] {
    const text = this.read(path, { text: path, place: from.place(0), unresolved: [] });
    if (text === undefined || text.length > MAX_ENVIRONMENT_FILE) return [];
    return this.parsed(new SourceText(path, text), this.with.lookup, parseEnvironmentFile);
  }

  /**
   * What an entry of `env_file` sets.
   * @param known what the service has already, for the variables in it
   * @param isActive false for a service whose profile is not: Compose reads none of its files
   * @returns undefined when that is not known
   */
  environment(entry: Value, known: Lookup, isActive: boolean): EnvironmentEntry[] | undefined {
    const name: Text | undefined = asScalar(entry) ?? textAt(entry, 'path');
    if (!name) return undefined;
    const required = asScalar(entry.kind === 'map' ? entry.entries.get('required')?.value : undefined);
    const isOptional = required !== undefined && /^(false|no|n|off)$/i.test(required.text);
    const file = this.text(name, !isOptional && isActive);
    if (file === undefined) {
      if (!isOptional && !isActive) this.unread(name, 'cannot be read');
      return undefined;
    }
    if (file.text.length > MAX_ENVIRONMENT_FILE) {
      this.unread(name, 'is too large to be read');
      return undefined;
    }
    const { lookup, sources } = this.with;
    const source = sources.get(file.path) ?? new SourceText(file.path, file.text);
    sources.set(file.path, source);
    const format = textAt(entry, 'format');
    if (format && format.text !== 'raw') {
      const message = `Compose knows no format "${format.text}" of an env file, and refuses the project.`;
      this.with.report({
        kind: 'compose-schema',
        message,
        place: format.place,
        hint: 'Write "raw", or no format.',
      });
      return undefined;
    }
    const parse = format ? parseRawEnvironmentFile : parseEnvironmentFile;
    const variables = this.parsed(source, variable => lookup(variable) ?? known(variable), parse);
    return variables.map(variable => ({
      name: variable.name.text,
      namePlace: variable.name.place,
      value: variable.value,
      form: 'file' as const,
    }));
  }

  private parsed(source: SourceText, lookup: Lookup, parse: typeof parseEnvironmentFile) {
    const { variables, problem } = parse(source, lookup);
    if (problem) {
      this.with.sources.set(source.file, source);
      this.with.report({ kind: 'env-file-syntax', ...problem });
    }
    return variables;
  }

  private read(path: string, { place }: Text): string | undefined {
    const file = this.with.readFile(path);
    if (typeof file === 'object')
      this.with.report({ kind: 'file-refused', message: `The file ${path} ${file.refusal}.`, place });
    return textOf(file);
  }

  private isRefused(path: string): boolean {
    return typeof this.with.readFile(path) === 'object';
  }

  private unread({ text, place }: Text, why: string): void {
    const message = `The file ${text} ${why}: what it sets is not judged.`;
    this.with.report({ kind: 'file-unread', message, place });
  }
}

/** Where Compose will find it, nobody knows here. */
const isOfMachine = (path: string) => isAbsolute(path) || /^(~|[A-Za-z]:[\\/]|[a-z+]+:\/\/)/.test(path);

function missing({ unresolved }: Text, path: string): string {
  const cause = unresolved.length > 0 ? `, for ${unresolved.join(' and ')} is not set` : '';
  const which = path === '' ? 'The file has no name' : `There is no file ${path}`;
  return `${which}${cause}: Compose stops.`;
}
