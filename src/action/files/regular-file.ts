import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';

/** Why a file of the runner is not taken, as what follows its name in a sentence. */
export class FileRefusal extends Error {
  /** True when there is no such file, which may be no fault. */
  readonly isMissing: boolean;

  constructor(reason: string, options: { isMissing?: boolean; cause?: unknown } = {}) {
    super(reason, { cause: options.cause });
    this.isMissing = options.isMissing ?? false;
  }
}

/** A FIFO must not make the run wait, and a terminal not become its own. */
const READ_AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

interface ReadOptions {
  /** More bytes than this are refused, before they are read. */
  readonly maxBytes: number;
  /** A link as the last part of the path is refused. */
  readonly noLink?: boolean;
  /** Looks at the open file: what its path names may be another one by then. @throws FileRefusal */
  readonly approve?: (descriptor: number, stats: Stats) => void;
}

/**
 * Reads a text of which nobody knows what it is: never a device, a FIFO, a socket or a directory, and never more than the limit,
 * also where the size that the system tells is wrong, as that of a file in /proc.
 * @throws FileRefusal
 */
export function readRegularFile(path: string, { maxBytes, noLink = false, approve }: ReadOptions): string {
  return asRefusal(() => {
    // Opening a device can do something; the open file is looked at again, since this one may be replaced.
    refuseUnlessRegular((noLink ? lstatSync : statSync)(path));
    const descriptor = openSync(path, READ_AT_ONCE | (noLink ? constants.O_NOFOLLOW : 0));
    try {
      const stats = fstatSync(descriptor);
      refuseUnlessRegular(stats);
      approve?.(descriptor, stats);
      if (stats.size > maxBytes) throw new FileRefusal(tooLarge(`${stats.size} bytes`, maxBytes));
      return contentOf(descriptor, maxBytes);
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Runs work on files; what the system refuses becomes a FileRefusal. */
export function asRefusal<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof FileRefusal) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new FileRefusal('is not there', { isMissing: true, cause });
    if (code === 'ELOOP') throw new FileRefusal(LINK, { cause });
    throw new FileRefusal(`cannot be opened (${code ?? cause})`, { cause });
  }
}

export const LINK = 'is a symbolic link, and links are not followed: put the file itself there';

/** @throws FileRefusal that says what it is instead */
export function refuseUnlessRegular(stats: Stats): void {
  if (stats.isFile()) return;
  if (stats.isSymbolicLink()) throw new FileRefusal(LINK);
  throw new FileRefusal(`is ${kindOf(stats)}, not a regular file`);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

function contentOf(descriptor: number, maxBytes: number): string {
  const buffer = Buffer.alloc(maxBytes + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read)
    read = readSync(descriptor, buffer, length, buffer.length - length, null);
  if (length > maxBytes) throw new FileRefusal(tooLarge('more bytes', maxBytes));
  return buffer.toString('utf8', 0, length);
}

const tooLarge = (size: string, maxBytes: number) => `has ${size}, and only ${maxBytes} are read`;
