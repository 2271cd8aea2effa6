import { loadCompose } from '../../../src/compose/reader/load.ts';

/** A service that Compose takes. */
export const SERVICE = 'services:\n  app:\n    image: busybox:1.37\n';
/** Services that are there to be referred to. */
const OTHERS =
  '  other: {image: "busybox:1.37"}\n  tool: {image: "busybox:1.37", profiles: [tools]}\nvolumes: {data: }\nnetworks: {inner: }\nsecrets: {token: {file: token}}\nconfigs: {settings: {content: a}}\n';

/** `KIND LINE: text at its place` of all that Compose refuses. */
export function refusalsIn(text: string, variables: Readonly<Record<string, string>> = {}): string[] {
  const { faults } = loadCompose([{ path: 'compose.yml', text }], { variables });
  return faults
    .filter(({ kind }) => !['variable-unset', 'file-unread', 'include-not-followed'].includes(kind))
    .map(({ kind, place }) => `${kind} ${place.line}: ${text.slice(place.start, place.end)}`);
}

/** The same for lines of a service `app`, without the lines before it; other services and names are there. */
export const refusalsOf = (lines: string, variables?: Readonly<Record<string, string>>) =>
  refusalsIn(`${SERVICE}${lines.replaceAll(/^/gm, '    ')}\n${OTHERS}`, variables).map(fault =>
    fault.replace(/ (\d+):/, (_, line) => ` ${Number(line) - 3}:`),
  );
