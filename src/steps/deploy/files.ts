import { readTextFile, writeTextFile } from '../../host/files.ts';
import { mustRun } from '../../host/must-run.ts';
import { unifiedDiff } from '../../unified-diff.ts';
import { notYet, type Step, satisfied } from '../step.ts';

/** `mkdir docker_exp`: owned by the user, not by root, so that the user can work in it afterwards. */
export function directoryStep(directory: string): Step {
  return {
    name: 'directory',
    title: `Directory ${directory}`,
    guide: '1/4.2',
    needs: ['machine'],
    async check({ host }) {
      const { exitCode } = await host.run({
        argv: ['sh', '-c', '[ -d "$1" ] && [ -O "$1" ]', 'sh', directory],
      });
      return exitCode === 0
        ? satisfied('it is there')
        : notYet(`${directory} is not there, or belongs to someone else`);
    },
    async apply({ host, log }) {
      log.info(`mkdir ${directory}`);
      const script = 'mkdir -p -- "$1" && chown -- "$2:" "$1"';
      const { stdout: user } = await mustRun(host, { argv: ['id', '-un'] });
      await mustRun(host, { argv: ['sh', '-c', script, 'sh', directory, user.trim()], sudo: true });
    },
  };
}

interface FileStepOptions {
  readonly name: string;
  readonly title: string;
  readonly guide: string;
  readonly needs: readonly string[];
  /** Text by absolute path on the machine. */
  readonly files: ReadonlyMap<string, string>;
}

/** Files that must be on the machine, byte for byte. */
export function filesStep({ name, title, guide, needs, files }: FileStepOptions): Step {
  return {
    name,
    title,
    guide,
    needs,
    async check({ host }) {
      for (const [path, text] of files) {
        const found = await readTextFile(host, path);
        if (found === undefined) return notYet(`${path} is not there`);
        if (found !== text) return notYet(`${path} is another version`);
      }
      return satisfied(`${[...files.keys()].map(baseName).join(', ')} as it should be`);
    },
    async foresee({ host }) {
      const changes: string[] = [];
      for (const [path, text] of files) changes.push(...change(path, await readTextFile(host, path), text));
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

/** The difference of a file, line by line; of one that may hold secrets only that there is one. */
function change(path: string, found: string | undefined, wanted: string): string[] {
  if (found === wanted) return [];
  if (found === undefined) return [`${path} would be made (${wanted.split('\n').length - 1} lines)`];
  if (!/\.(ya?ml|py|txt)$/.test(path)) return [`${path} would become another one`];
  return unifiedDiff(path.replace(/^\//, ''), found, wanted).trimEnd().split('\n');
}

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
