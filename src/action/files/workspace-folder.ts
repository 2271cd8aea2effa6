import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import native, { basename, dirname, join } from 'node:path';
import { asRefusal, FileRefusal, LINK, readRegularFile, refuseUnlessRegular } from './regular-file.ts';

/** Holds the descriptors of this process, by number, as links to what they have open (Linux). */
const DESCRIPTORS = '/proc/self/fd';

/**
 * A folder of the runner out of which nothing is read or written, whatever a path in it says: no `..`, no link on the way. That is
 * looked at on what is open, so that a file which is replaced in the meantime is none that was looked at.
 */
export class WorkspaceFolder {
  private readonly given: string;
  private readonly root: string;

  private readonly paths: typeof native;

  /**
   * @param path may itself be, or be reached by, a link
   * @param paths how the runner's system writes paths
   */
  constructor(path: string, paths = native) {
    this.paths = paths;
    this.given = path;
    this.root = existsSync(path) ? realpathSync(path) : path;
  }

  /**
   * @param named from the folder on, or absolute, as the runner's system writes it
   * @returns the path of a file from the folder on, with slashes: as compose files and the machine write it
   * @throws FileRefusal when it leaves the folder
   */
  pathOf(named: string): string {
    const { isAbsolute, normalize, sep } = this.paths;
    const path = isAbsolute(named) ? this.fromRoot(named) : normalize(named);
    // On Windows a colon stands behind a drive, or before another stream of a file.
    const isOdd = sep === '\\' && path.includes(':');
    if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path) || isOdd)
      throw new FileRefusal('is not in the workspace: name a file of the repository that is checked out');
    return path.replaceAll(sep, '/');
  }

  /** @param path from the folder on, with slashes @throws FileRefusal */
  read(path: string, maxBytes: number): string {
    const file = join(this.root, path);
    this.refuseLinks(path);
    return readRegularFile(file, {
      maxBytes,
      noLink: true,
      approve: (descriptor, stats) => refuseUnlessAt(descriptor, stats, file),
    });
  }

  /**
   * Replaces a file that is there, all at once: who reads it meets the old text or the new one. Mode and owner stay.
   * @param path from the folder on, with slashes
   * @throws FileRefusal
   */
  replace(path: string, text: string): void {
    const file = join(this.root, path);
    const folder = dirname(file);
    this.refuseLinks(path);
    asRefusal(() => {
      const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
      try {
        refuseUnlessAt(descriptor, fstatSync(descriptor), folder);
        // By the open folder: its path may lead somewhere else by now.
        const opened = existsSync(DESCRIPTORS) ? join(DESCRIPTORS, `${descriptor}`) : folder;
        replaceIn(opened, basename(file), text);
      } finally {
        closeSync(descriptor);
      }
    });
  }

  private fromRoot(named: string): string {
    const path = this.paths.relative(this.root, named);
    return path.startsWith('..') ? this.paths.relative(this.given, named) : path;
  }

  /** Names the link, which the open file can not. */
  private refuseLinks(path: string): void {
    const parts = path.split('/');
    for (const [index] of parts.entries()) {
      const way = parts.slice(0, index + 1).join('/');
      const isLast = index === parts.length - 1;
      const stats = lstatSync(join(this.root, way), { throwIfNoEntry: false });
      if (stats?.isSymbolicLink())
        throw new FileRefusal(
          isLast ? LINK : `is reached by ${way}, which ${LINK.replace('file', 'folder')}`,
        );
    }
  }
}

function replaceIn(folder: string, name: string, text: string): void {
  const file = join(folder, name);
  const stats = statsOfWritable(file);
  const fresh = join(folder, `.${name}.${randomBytes(6).toString('hex')}`);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const descriptor = openSync(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      writeFileSync(descriptor, text);
      keepOwner(descriptor, stats);
      fchmodSync(descriptor, stats.mode & 0o7777);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** A file that is protected against writing stays as it is, although its folder would let it be replaced. */
function statsOfWritable(file: string): Stats {
  refuseUnlessRegular(lstatSync(file));
  const { O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const descriptor = openSync(file, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    refuseUnlessRegular(stats);
    return stats;
  } finally {
    closeSync(descriptor);
  }
}

function keepOwner(descriptor: number, { uid, gid }: Stats): void {
  const made = fstatSync(descriptor);
  if (made.uid !== uid || made.gid !== gid) fchownSync(descriptor, uid, gid);
}

/** Holds what is open against where it should be. @throws FileRefusal */
function refuseUnlessAt(descriptor: number, stats: Stats, path: string): void {
  if (existsSync(DESCRIPTORS)) {
    if (readlinkSync(join(DESCRIPTORS, `${descriptor}`)) === path) return;
  } else {
    const { dev, ino } = statSync(path);
    if (realpathSync(path) === path && dev === stats.dev && ino === stats.ino) return;
  }
  throw new FileRefusal('was replaced, or is reached by a link, while it was opened');
}
