import { oneLine, shortened } from './markdown.ts';

const LONGEST_LABEL = 60;

/** A Mermaid diagram as GitHub draws it. */
export function mermaid(lines: readonly string[]): string[] {
  return ['```mermaid', ...lines, '```'];
}

/**
 * Text from outside in a label. All that could be syntax, of Mermaid or of the Markdown and HTML in its labels, becomes a
 * character reference in Mermaid's form: `#58;`.
 */
export function label(text: string): string {
  return shortened(oneLine(text), LONGEST_LABEL).replaceAll(
    /[^\p{L}\p{M}\p{N} .,/@()-]/gu,
    character => `#${character.codePointAt(0)};`,
  );
}

/** Settings of one diagram; what is not set is as GitHub's light or dark theme has it. */
export const settings = (values: object): string => `%%{init: ${JSON.stringify(values)}}%%`;
