import { type Document, parseAllDocuments } from 'yaml';
import type { Fault } from './fault.ts';
import type { Lookup } from './interpolate.ts';
import { type Place, SourceText } from './place.ts';
import { MAX_FAULTS, syntaxFaults, TOO_DEEP } from './syntax-faults.ts';
import { LimitExceeded, TreeBuilder } from './tree-builder.ts';
import type { Value } from './value.ts';

/**
 * A file of more characters than this is not read. A hundred brokers need a third of it, and the parser, whose time grows with
 * the square of the length for some broken files, still ends within a few seconds.
 */
const MAX_LENGTH = 256 * 1024;

export interface Source {
  readonly text: SourceText;
  /** One a YAML document; none when the text cannot be read. */
  readonly roots: readonly Value[];
  readonly faults: readonly Fault[];
}

/**
 * Reads YAML into trees that know the place of every value. Never throws: text that cannot be read becomes a fault with a place.
 * @param lookup the variables that Compose would fill in
 */
export function readSource(file: string, content: string, lookup: Lookup): Source {
  const text = new SourceText(file, content);
  const only = (kind: Fault['kind'], message: string, place: Place): Source => ({
    text,
    roots: [],
    faults: [{ kind, message, place }],
  });
  if (content.length > MAX_LENGTH) {
    const size = `${content.length} characters, more than the ${MAX_LENGTH} that are read`;
    return only('yaml-limit', `The file has ${size}.`, text.place(0));
  }
  const decoded = content.indexOf('\uFFFD');
  if (decoded >= 0) {
    return only(
      'yaml-syntax',
      'The file holds bytes that are not UTF-8 text.',
      text.place(decoded, decoded + 1),
    );
  }
  let documents: Document.Parsed[];
  try {
    documents = parse(content);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    // The parser calls itself for each level; brackets by the ten thousand use up its call stack.
    return only('yaml-limit', TOO_DEEP, text.place(0));
  }
  const errors = documents.flatMap(document => document.errors);
  if (errors.length > 0) return { text, roots: [], faults: syntaxFaults(errors, text) };
  return build(text, documents, lookup);
}

function parse(content: string): Document.Parsed[] {
  const parsed = parseAllDocuments(content, {
    version: '1.2',
    // Merge keys and duplicate keys are judged in the tree builder: with places, and without comparing every pair of keys.
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  return [...parsed];
}

function limited(faults: readonly Fault[]): Fault[] {
  const kinds = Map.groupBy(faults, ({ kind }) => kind);
  return [...kinds].flatMap(([kind, ofOneKind]) =>
    // Each unset variable is a cause of its own.
    kind === 'variable-unset' || kind === 'variable-required' ? ofOneKind : ofOneKind.slice(0, MAX_FAULTS),
  );
}

function build(text: SourceText, documents: readonly Document.Parsed[], lookup: Lookup): Source {
  const builder = new TreeBuilder(text, lookup);
  try {
    const roots = documents.flatMap(({ contents }) => (contents === null ? [] : [builder.build(contents)]));
    return { text, roots, faults: limited(builder.faults) };
  } catch (thrown) {
    if (!(thrown instanceof LimitExceeded)) throw thrown;
    const fault: Fault = { kind: 'yaml-limit', message: thrown.message, place: thrown.place };
    return { text, roots: [], faults: [...limited(builder.faults), fault] };
  }
}
