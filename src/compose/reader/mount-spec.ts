interface MountSpec {
  readonly source?: string;
  readonly target: string;
  readonly mode?: string;
  /** Why Compose refuses the text. */
  readonly problem?: string;
}

/**
 * Reads `[SOURCE:]TARGET[:MODE]` as Compose does: one letter before a colon is the drive of a Windows path, even where a
 * volume was meant.
 * Source: ParseVolume in compose-go's `format/volume.go`.
 */
export function parseMount(text: string): MountSpec {
  if (text === '') return { target: '', problem: 'it is empty' };
  if (text.length <= 2) return { target: text };
  const parts = partsOf(text);
  const [first = '', second, mode] = parts;
  const problem = parts.includes('')
    ? 'a part between its colons is empty'
    : parts.length > 3
      ? 'it has too many colons'
      : undefined;
  if (second === undefined) return { target: first, problem };
  return { source: first, target: second, mode, problem };
}

function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (const part of text.split(':')) {
    const last = parts.at(-1);
    // The letter stands alone so far: it was put there by the colon after it.
    if (last !== undefined && /^\p{L}$/u.test(last)) parts[parts.length - 1] = `${last}:${part}`;
    else parts.push(part);
  }
  return parts;
}

/** True for a path; anything else is the name of a volume. */
export const isPath = (source: string): boolean => /^([./~]|\\\\|\p{L}:)/u.test(source);
