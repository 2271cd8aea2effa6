import { dirname, join, normalize } from 'node:path/posix';
import type { Lookup } from './interpolate.ts';
import { type NamedFile, textOf } from './named-file.ts';
import { readSource } from './source.ts';
import { asList, asScalar, type Text, type Value, valueAt } from './value.ts';

/**
 * The files that Compose takes by itself.
 * Source: https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file
 */
const BY_ITSELF = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
/** Folders deep, from the file upwards. */
const MAX_FOLDERS = 8;

interface Look {
  readonly readFile: (path: string) => NamedFile;
  readonly lookup: Lookup;
}

/**
 * True when a compose file in the same folder or above includes a file, or one beside it: then what the file does not declare may be
 * declared there. Compose checks an included file only together with the one that includes it.
 * Source: ApplyInclude in loader/include.go of compose-go, which skips the check of consistency for what is included.
 */
export function isIncluded(path: string, look: Look): boolean {
  const own = normalize(path);
  const folders: string[] = [];
  for (
    let folder = dirname(own);
    !folders.includes(folder) && folders.length < MAX_FOLDERS;
    folder = dirname(folder)
  )
    folders.push(folder);
  return folders.some(folder =>
    BY_ITSELF.map(name => join(folder, name)).some(
      other =>
        other !== own &&
        includedPaths(other, look).some(
          included => included === own || (folder !== dirname(own) && dirname(included) === dirname(own)),
        ),
    ),
  );
}

function includedPaths(file: string, { readFile, lookup }: Look): string[] {
  const text = textOf(readFile(file));
  if (text === undefined || !/^["']?include\b/m.test(text)) return [];
  return readSource(file, text, lookup).roots.flatMap(root =>
    (asList(valueAt(root, 'include'))?.items ?? [])
      .flatMap(namesIn)
      .filter(({ unresolved }) => unresolved.length === 0)
      .map(name => join(dirname(file), name.text)),
  );
}

/** `- FILE`, `- path: FILE`, or `- path: [FILE, FILE]`. */
function namesIn(entry: Value): Text[] {
  const path = entry.kind === 'map' ? valueAt(entry, 'path') : entry;
  const names = asList(path)?.items.map(item => asScalar(item)) ?? [asScalar(path)];
  return names.filter(name => name !== undefined);
}
