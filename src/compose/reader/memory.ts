const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
};

/**
 * Bytes of a memory size as Compose writes them: `512m`, `1gb`, `2GiB`, or a number of bytes.
 * Source: https://docs.docker.com/reference/compose-file/extension/#specifying-byte-values
 */
export function readBytes(text: string): number | undefined {
  const match = /^(\d{1,20}(?:\.\d{1,20})?) ?([bkmgt]?)(?:i?b)?$/i.exec(text.trim());
  if (!match) return undefined;
  return Math.floor(Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? 1));
}

/** Largest heap in bytes that Java options allow: the last `-Xmx`. */
export function readMaximumHeap(javaOptions: string): number | undefined {
  const sizes = [...javaOptions.matchAll(/(?:^|\s)-Xmx(\d+)([kmgt]?)(?=\s|$)/gi)];
  const last = sizes.at(-1);
  return last && Number(last[1]) * (UNITS[(last[2] ?? '').toLowerCase()] ?? 1);
}

/** A size as a person says it. */
export function formatBytes(bytes: number): string {
  const gib = bytes / 2 ** 30;
  return gib >= 1 ? `${Number(gib.toFixed(1))} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
}
