import type { Place } from './place.ts';
import type { Port } from './ports.ts';
import type { Mapping, Scalar, Text, Value } from './value.ts';

/** What compose files say once they are read as Compose reads them; every part knows where it stands. */
export interface ComposeModel {
  readonly services: readonly Service[];
  readonly volumes: ReadonlyMap<string, Named>;
  readonly networks: ReadonlyMap<string, Named>;
  /** The obsolete `version`, once a file that has it: the key, and key and value. */
  readonly versions: readonly { readonly key: Place; readonly whole: Place }[];
  /** False when part of the project is in files that were not read: names may be declared there. */
  readonly complete: boolean;
  /** What the files say besides their services, merged. */
  readonly top: Mapping | undefined;
  /** A path that stands in one of the files, as it is from the folder of the first one. */
  readonly fromFolder: (path: string, file: string) => string;
}

/** A volume or a network that the project declares. */
export interface Named {
  readonly name: string;
  readonly external: boolean;
  /** Its name on the machine, where the file sets one letter for letter; otherwise Compose puts the project's before it. */
  readonly fixedName?: string;
}

export interface Service {
  readonly name: string;
  /** The service's key. */
  readonly place: Place;
  /** The service as it stands in the file that declares it first. */
  readonly block: Mapping;
  /** All that its files say of it, merged, and with what it extends. */
  readonly whole: Mapping;
  /** True when what it extends could not be read: what is missing here may be there. */
  readonly isPartial?: boolean;
  readonly image?: Text;
  readonly builds: boolean;
  readonly containerName?: Text & { readonly key: Place };
  readonly hostname?: Text;
  /** By name, with what `env_file` sets under what `environment` sets. */
  readonly environment: ReadonlyMap<string, EnvironmentEntry>;
  /** The key `environment`, or of the service when it has none: where a variable that is missing would stand. */
  readonly environmentPlace: Place;
  /** False when an `env_file` could not be read: variables that are missing here may be there. */
  readonly environmentComplete: boolean;
  readonly ports: readonly Port[];
  /** False when an entry depends on unknown variables: a port that is missing here may be published. */
  readonly portsComplete: boolean;
  readonly mounts: readonly Mount[];
  readonly dependsOn: readonly Dependency[];
  /** The key and value of `depends_on`. */
  readonly dependsOnValue?: { readonly key: Place; readonly value: Value };
  readonly healthcheck?: { readonly disabled: boolean; readonly place: Place };
  readonly memoryLimit?: { readonly bytes: number; readonly place: Place };
  /** Networks it joins, with the other names it has there; `default` when it names none. */
  readonly networks: readonly { readonly name: string; readonly aliases: readonly string[] }[];
  readonly networkMode?: string;
  /** Empty for a service that always runs. */
  readonly profiles: readonly string[];
  readonly restart?: string;
  /** Has a `command` or an `entrypoint` of its own: then the image's start script may not run. */
  readonly ownCommand: boolean;
  readonly extraHosts: readonly string[];
}

export interface EnvironmentEntry {
  readonly name: string;
  readonly namePlace: Place;
  /** Offset of the name when the file holds it letter for letter. */
  readonly nameStart?: number;
  readonly value: Text;
  readonly form: 'map' | 'list' | 'file';
  /** Earlier items of the same list with this name, which have no effect. */
  readonly replaced?: readonly Place[];
}

export interface Mount {
  readonly type: 'volume' | 'bind' | 'tmpfs' | 'other';
  /** Name of a volume or a path; none for an anonymous volume. */
  readonly source?: string;
  readonly target: string;
  readonly place: Place;
  /** Variables in its source that have no value that is known. */
  readonly unresolved?: readonly string[];
}

export interface Dependency {
  readonly service: string;
  readonly condition: string;
  readonly required: boolean;
  readonly place: Place;
  /** The item of a list, where the file lists names. */
  readonly item?: Scalar;
}
