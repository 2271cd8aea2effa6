import { dirname, isAbsolute, join, relative } from 'node:path/posix';
import { textsIn } from './checks/dependencies.ts';
import { isActive } from './checks/profiles.ts';
import { projectFaults } from './checks/project-faults.ts';
import { readTemplate, withoutEnvironment } from './environment-template.ts';
import { type OpenServices, resolveExtends, type ServiceEntry } from './extend.ts';
import type { Fault } from './fault.ts';
import { isIncluded } from './included-by.ts';
import type { Lookup } from './interpolate.ts';
import { mergeServices, withoutResets } from './merge.ts';
import type { ComposeModel } from './model.ts';
import { type NamedFile, textOf } from './named-file.ts';
import { MAX_ENVIRONMENT_FILE, NamedFiles } from './named-files.ts';
import { servicesIn } from './normalize.ts';
import { SourceText } from './place.ts';
import { includesFiles, readProject } from './project-reader.ts';
import { schemaFaults } from './schema.ts';
import { readService } from './service-reader.ts';
import { readSource } from './source.ts';
import { type Mapping, valueAt } from './value.ts';
import { faultsByVariable } from './variable-faults.ts';

export interface ComposeFile {
  readonly path: string;
  readonly text: string;
}

export interface LoadOptions {
  /** A file that a compose file names, by its path as the compose file's own is given. */
  readonly readFile?: (path: string) => NamedFile;
  /** The environment of Compose; it wins over the `.env` beside the first file. */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * `judge`, unless given, for whoever wrote the files: their schema is checked, what a template of `.env` would give is known, and a
   * file that another one includes is taken for a part. `use` where only what the files come to matters.
   */
  readonly purpose?: 'judge' | 'use';
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
  private readonly named: NamedFiles;
  private readonly lookup: Lookup;
  private readonly isJudged: boolean;
  private readonly faults: Fault[] = [];
  private readonly sources = new Map<string, SourceText>();
  private readonly extended = new Map<string, Map<string, ServiceEntry>>();

  constructor(
    files: readonly ComposeFile[],
    { readFile = () => undefined, variables = {}, purpose = 'judge' }: LoadOptions,
  ) {
    this.isJudged = purpose === 'judge';
    this.readFile = readFile;
    this.files = files;
    const given = new Map(Object.entries(variables));
    const beside = new Map<string, string>();
    this.lookup = name => given.get(name) ?? beside.get(name);
    const { lookup, sources } = this;
    const report = (fault: Fault) => this.report(fault);
    const pathOf = (name: string, from: string) => this.pathOf(name, from);
    this.named = new NamedFiles({ readFile, pathOf, lookup, sources, report });
    const [first] = files;
    const found = first
      ? this.named.beside(join(this.folder, '.env'), new SourceText(first.path, first.text))
      : [];
    for (const { name, value } of found) beside.set(name.text, value.text);
  }

  /** Relative paths of all files given start here, as Compose has it. */
  private get folder(): string {
    return dirname(this.files[0]?.path ?? '.');
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
          earlier
            ? {
                ...earlier,
                value: mergeServices(earlier.value, entry.value),
                isPartial: earlier.isPartial || entry.isPartial,
              }
            : entry,
        );
      }
    }
    const first = this.sources.get(this.files[0]?.path ?? '');
    if (services.size === 0 && this.faults.length === 0 && first)
      this.report({ kind: 'compose-schema', message: 'The file has no services.', place: first.place(0) });
    const profiles = this.lookup('COMPOSE_PROFILES')?.split(',') ?? [];
    const model: ComposeModel = {
      ...this.project(roots),
      fromFolder: (path, file) => relative(this.folder, this.pathOf(path, file)),
      services: [...services].map(([name, entry]) =>
        readService({ ...entry, value: withoutResets(entry.value) }, blocks.get(name) ?? entry.value, {
          lookup: this.lookup,
          openFile: (file, known, service) =>
            this.named.environment(file, known, isActive(service, profiles)),
        }),
      ),
    };
    for (const service of model.services)
      for (const file of textsIn(valueAt(service.whole, 'label_file')))
        this.named.text(file, isActive(service, profiles));
    this.faults.push(...projectFaults(model, profiles));
    return { model, faults: this.byCause(), sources: this.sources };
  }

  /** The faults, with what a missing `.env` alone explains told as that. */
  private byCause(): Fault[] {
    const faults = faultsByVariable(this.faults);
    // What a template would give is advice, for whoever judges the file.
    if (!this.isJudged) return faults;
    const path = join(this.folder, '.env');
    if (this.readFile(path) !== undefined) return faults;
    const template = readTemplate(name => {
      const text = textOf(this.readFile(join(this.folder, name)));
      return text === undefined || text.length > MAX_ENVIRONMENT_FILE ? undefined : text;
    });
    const isTold = ({ kind, path: missing }: Fault) => kind === 'file-missing' && missing === path;
    return withoutEnvironment(faults, template, isTold);
  }

  private project(roots: readonly Mapping[]): ReturnType<typeof readProject> {
    const { readFile, lookup } = this;
    const project = readProject(roots);
    // Who includes a file matters to whoever judges it: what runs was put together long ago.
    const isPart = this.isJudged && this.files.some(({ path }) => isIncluded(path, { readFile, lookup }));
    return { ...project, complete: project.complete && !isPart };
  }

  private open(path: string, text: string, isOverride = false): Mapping[] {
    const source = readSource(path, text, this.lookup);
    this.sources.set(path, source.text);
    this.faults.push(...source.faults);
    if (this.isJudged) this.faults.push(...source.roots.flatMap(root => schemaFaults(root, isOverride)));
    const roots = source.roots.filter(root => root.kind === 'map');
    for (const root of roots) {
      const include = root.entries.get('include');
      if (include && includesFiles(root)) {
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
    const known = this.extended.get(this.pathOf(name.text, from));
    if (known) return { file: this.pathOf(name.text, from), services: known };
    const read = this.named.text(name, true);
    if (read === undefined) return undefined;
    const services = new Map(this.open(read.path, read.text).flatMap(root => [...servicesIn(root)]));
    this.extended.set(read.path, services);
    return { file: read.path, services };
  };

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
