import { findTextFile, findTextFiles, writeTextFile } from '../../host/files.ts';
import { unifiedDiff } from '../../unified-diff.ts';
import { notYet, type Step, type StepName, satisfied } from '../step.ts';

interface TextFilesOptions {
  readonly name: StepName;
  readonly title: string;
  readonly guide: string;
  readonly needs: readonly StepName[];
  /** Text by absolute path on the machine. */
  readonly files: ReadonlyMap<string, string>;
}

/** Files that must be on the machine, byte for byte. */
export function textFilesStep({ name, title, guide, needs, files }: TextFilesOptions): Step {
  return {
    name,
    title,
    guide,
    needs,
    writes: { paths: [...files.keys()] },
    async check({ host }) {
      // What is longer than any of them is another version, whatever its end is.
      const most = Math.max(...[...files.values()].map(text => Buffer.byteLength(text))) + 1;
      const found = await findTextFiles(host, [...files.keys()], most);
      for (const [index, [path, wanted]] of [...files].entries()) {
        const { text, missing = '' } = found[index] ?? {};
        if (text === undefined) return notYet(missing);
        if (text !== wanted) return notYet(`${path} is another version`);
      }
      return satisfied(`${[...files.keys()].map(baseName).join(', ')} as it should be`);
    },
    async foresee({ host }) {
      const changes: string[] = [];
      for (const [path, text] of files)
        changes.push(...change(path, (await findTextFile(host, path)).text, text));
      return changes;
    },
    async apply({ host, log }) {
      for (const [path, text] of files) {
        log.info(`write ${path} (${text.length} characters)`);
        await writeTextFile(host, path, text);
      }
    },
  };
}

/** Shows the difference of a file line by line; for a file that may hold secrets, only that it differs. */
function change(path: string, found: string | undefined, wanted: string): string[] {
  if (found === wanted) return [];
  if (found === undefined) return [`${path} would be made (${wanted.split('\n').length - 1} lines)`];
  if (!/\.(ya?ml|py|txt)$/.test(path)) return [`${path} would become another one`];
  return unifiedDiff(path.replace(/^\//, ''), found, wanted).trimEnd().split('\n');
}

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
