import { dirname, isAbsolute, join, relative } from 'node:path';
import { readEnvironmentFile, type Variable } from './environment-file.ts';
import { type OpenServices, resolveExtends, type ServiceEntry } from './extend.ts';
import type { Fault } from './fault.ts';
import type { Lookup } from './interpolate.ts';
import { mergeServices, withoutResets } from './merge.ts';
import type { ComposeModel, EnvironmentEntry } from './model.ts';
import { type NamedFile, textOf } from './named-file.ts';
import { servicesIn } from './normalize.ts';
import { type Place, SourceText } from './place.ts';
import { readProject, undefinedReferences } from './project-reader.ts';
import { schemaFaults } from './schema.ts';
import { readService } from './service-reader.ts';
import { readSource } from './source.ts';
import { asScalar, type Mapping, type Text, textAt, type Value } from './value.ts';

/** Characters of an env file that is read; a thousand settings need less. */
const MAX_ENVIRONMENT_FILE = 64 * 1024;

export interface ComposeFile {
  readonly path: string;
  readonly text: string;
}

export interface LoadOptions {
  /** A file that a compose file names, by its path as the compose file's own is given. */
  readonly readFile?: (path: string) => NamedFile;
  /** The environment of Compose; it wins over the `.env` beside the first file. */
  readonly variables?: Readonly<Record<string, string>>;
  /** False where only what the files say matters: compiling the schema takes a quarter of a second and 25 MiB. */
  readonly checkSchema?: boolean;
}

export interface Loaded {
  readonly model: ComposeModel;
  readonly faults: readonly Fault[];
  /** Every file that was read, by path. */
  readonly sources: ReadonlyMap<string, SourceText>;
}

/**
 * Reads one or several compose files as `docker compose -f FIRST -f SECOND` does: variables, aliases, merge keys, `extends` and
 * `env_file` followed, later files over earlier ones. Never throws for what a file says: that becomes a fault.
 */
export function loadCompose(files: readonly ComposeFile[], options: LoadOptions = {}): Loaded {
  return new Loader(files, options).load();
}

class Loader {
  private readonly files: readonly ComposeFile[];
  private readonly readFile: (path: string) => NamedFile;
  private readonly lookup: Lookup;
  private readonly checkSchema: boolean;
  private readonly faults: Fault[] = [];
  private readonly sources = new Map<string, SourceText>();
  private readonly extended = new Map<string, Map<string, ServiceEntry>>();

  constructor(
    files: readonly ComposeFile[],
    { readFile = () => undefined, variables = {}, checkSchema = true }: LoadOptions,
  ) {
    this.checkSchema = checkSchema;
    this.files = files;
    this.readFile = readFile;
    const given = new Map(Object.entries(variables));
    const beside = new Map<string, string>();
    this.lookup = name => given.get(name) ?? beside.get(name);
    for (const { name, value } of this.variablesBeside()) beside.set(name.text, value.text);
  }

  /** Relative paths of all files given start here, as Compose has it. */
  private get folder(): string {
    return dirname(this.files[0]?.path ?? '.');
  }

  private variablesBeside(): Variable[] {
    const path = join(this.folder, '.env');
    const [first] = this.files;
    const text = first && this.read(path, new SourceText(first.path, first.text).place(0));
    if (text === undefined || text.length > MAX_ENVIRONMENT_FILE) return [];
    return readEnvironmentFile(new SourceText(path, text), this.lookup);
  }

  load(): Loaded {
    const roots = this.files.flatMap(({ path, text }, index) => this.open(path, text, index > 0));
    const services = new Map<string, ServiceEntry>();
    const blocks = new Map<string, Mapping>();
    for (const root of roots) {
      for (const [name, entry] of this.services(root)) {
        const earlier = services.get(name);
        blocks.set(name, blocks.get(name) ?? entry.value);
        services.set(
          name,
          earlier ? { ...earlier, value: mergeServices(earlier.value, entry.value) } : entry,
        );
      }
    }
    const first = this.sources.get(this.files[0]?.path ?? '');
    if (services.size === 0 && this.faults.length === 0 && first)
      this.report({ kind: 'compose-schema', message: 'The file has no services.', place: first.place(0) });
    const model: ComposeModel = {
      ...readProject(roots),
      fromFolder: (path, file) => relative(this.folder, this.pathOf(path, file)),
      services: [...services].map(([name, entry]) =>
        readService({ ...entry, value: withoutResets(entry.value) }, blocks.get(name) ?? entry.value, file =>
          this.environmentFile(file),
        ),
      ),
    };
    this.faults.push(...undefinedReferences(model));
    return { model, faults: this.faults, sources: this.sources };
  }

  private open(path: string, text: string, isOverride = false): Mapping[] {
    const source = readSource(path, text, this.lookup);
    this.sources.set(path, source.text);
    this.faults.push(...source.faults);
    if (this.checkSchema) this.faults.push(...source.roots.flatMap(root => schemaFaults(root, isOverride)));
    const roots = source.roots.filter(root => root.kind === 'map');
    for (const root of roots) {
      const include = root.entries.get('include');
      if (include) {
        const message = 'Files named by "include" are not read: what is in them is not judged.';
        this.report({ kind: 'include-not-followed', message, place: include.keyPlace });
      }
    }
    return roots;
  }

  private services(root: Mapping): Map<string, ServiceEntry> {
    const scope = { file: root.place.file, services: servicesIn(root) };
    return resolveExtends(scope, this.openExtended, fault => this.report(fault));
  }

  private readonly openExtended: OpenServices = (name, from) => {
    if (name.unresolved.length > 0) {
      const message = 'The file cannot be read: its name depends on a variable that is not set.';
      this.report({ kind: 'file-unread', message, place: name.place });
      return undefined;
    }
    const file = this.pathOf(name.text, from);
    const services = this.extended.get(file) ?? this.readExtended(file, name.place);
    return services && { file, services };
  };

  private readExtended(file: string, place: Place): Map<string, ServiceEntry> | undefined {
    const text = this.read(file, place, `The file ${file} cannot be read.`);
    if (text === undefined) return undefined;
    const services = new Map(this.open(file, text).flatMap(root => [...servicesIn(root)]));
    this.extended.set(file, services);
    return services;
  }

  private environmentFile(entry: Value): EnvironmentEntry[] | undefined {
    const scalar = asScalar(entry);
    const name: Text | undefined = scalar ?? textAt(entry, 'path');
    if (!name || name.unresolved.length > 0) return undefined;
    const required = asScalar(entry.kind === 'map' ? entry.entries.get('required')?.value : undefined);
    const path = this.pathOf(name.text, name.place.file);
    const missing =
      required?.value === false ? undefined : `The file ${path} cannot be read: what it sets is not judged.`;
    const text = this.read(path, name.place, missing);
    if (text === undefined) return undefined;
    if (text.length > MAX_ENVIRONMENT_FILE) {
      const message = `The file ${path} is too large to be read: what it sets is not judged.`;
      this.report({ kind: 'file-unread', message, place: name.place });
      return undefined;
    }
    const source = this.sources.get(path) ?? new SourceText(path, text);
    this.sources.set(path, source);
    return readEnvironmentFile(source, this.lookup).map(variable => ({
      name: variable.name.text,
      namePlace: variable.name.place,
      value: variable.value,
      form: 'file' as const,
    }));
  }

  /** @param missing what to say when the file is not there; nothing, when it need not be */
  private read(path: string, place: Place, missing?: string): string | undefined {
    const file = this.readFile(path);
    if (typeof file === 'object')
      this.report({ kind: 'file-refused', message: `The file ${path} ${file.refusal}.`, place });
    else if (file === undefined && missing) this.report({ kind: 'file-unread', message: missing, place });
    return textOf(file);
  }

  /** A file given is at home in the folder of the first one; one that is extended in its own. */
  private pathOf(name: string, from: string): string {
    if (isAbsolute(name)) return name;
    const given = this.files.some(({ path }) => path === from);
    return join(given ? this.folder : dirname(from), name);
  }

  private report(fault: Fault): void {
    const { kind, place } = fault;
    const told = this.faults.some(
      other => other.kind === kind && other.place.file === place.file && other.place.start === place.start,
    );
    if (!told) this.faults.push(fault);
  }
}
