import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type ParsedNode,
  type Range,
} from 'yaml';
import type { Fault, FaultKind } from './fault.ts';
import { interpolate, type Lookup } from './interpolate.ts';
import type { Place, SourceText } from './place.ts';
import { type Entry, type Mapping, type MergeTag, type Scalar, type Value, withMerged } from './value.ts';
import { faultsOf } from './variable-faults.ts';

/** Values in a file once every alias stands for what it names; aliases of aliases of aliases can make billions of them. */
const MAX_VALUES = 20_000;
/** A compose file has about eight levels. */
const MAX_DEPTH = 50;

const YAML_TAGS = 'tag:yaml.org,2002:';
const READ_TAGS = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq', 'merge']);

/** The file is larger than what is read; thrown inside the reader only. */
export class LimitExceeded extends Error {
  readonly place: Place;
  constructor(message: string, place: Place) {
    super(message);
    this.place = place;
  }
}

interface Built {
  readonly value: Value;
  /** Number of values in it, aliases counted as often as they are used. */
  readonly size: number;
}

/** Turns the parser's nodes into values: aliases and merge keys followed, variables filled in. */
export class TreeBuilder {
  readonly faults: Fault[] = [];
  private readonly source: SourceText;
  private readonly lookup: Lookup;
  /** By anchor, what it names; undefined while that is being built. */
  private anchors = new Map<string, Built | undefined>();
  /** Values so far, aliases counted as often as they are used. */
  private total = 0;

  constructor(source: SourceText, lookup: Lookup) {
    this.source = source;
    this.lookup = lookup;
  }

  /** @throws LimitExceeded when the document is too large or too deep, or an alias stands inside what it names */
  build(root: ParsedNode): Value {
    this.anchors = new Map();
    return this.node(root, 0);
  }

  private node(node: Node | null, depth: number, emptyAt = 0): Value {
    if (node === null) return emptyScalar(this.source.place(emptyAt));
    if (depth > MAX_DEPTH)
      throw new LimitExceeded(`The file is nested more than ${MAX_DEPTH} levels deep.`, this.place(node));
    if (isAlias(node)) return this.alias(node);
    this.judgeTag(node);
    const before = this.total;
    this.spend(1, node);
    const anchor = (node as { anchor?: string }).anchor;
    if (anchor !== undefined) this.anchors.set(anchor, undefined);
    const value = this.withoutAlias(node, depth);
    if (anchor !== undefined) this.anchors.set(anchor, { value, size: this.total - before });
    return value;
  }

  /** Compose decodes what such a tag stands for, `!!binary` above all; here the text would be judged as it stands. */
  private judgeTag(node: Node): void {
    const { tag } = node as { tag?: string };
    const name = tag?.startsWith(YAML_TAGS) ? tag.slice(YAML_TAGS.length) : undefined;
    if (name !== undefined && !READ_TAGS.has(name))
      this.fault('yaml-syntax', `The tag !!${name} is not one of a compose file.`, this.place(node));
  }

  private spend(values: number, node: Node): void {
    this.total += values;
    if (this.total <= MAX_VALUES) return;
    const message = `The file has more than ${MAX_VALUES} values once its aliases are followed.`;
    throw new LimitExceeded(message, this.place(node));
  }

  private withoutAlias(node: Node, depth: number): Value {
    const tag = mergeTag(node);
    if (isMap(node)) return this.mapping(node.items as Pair<Node, Node | null>[], node, tag, depth);
    if (!isSeq(node)) return this.scalar(node, tag);
    return {
      kind: 'list',
      items: (node.items as Node[]).map(item => this.node(item, depth + 1)),
      place: this.place(node),
      flow: node.flow === true,
      ...tag,
    };
  }

  private alias(node: Alias): Value {
    const name = node.source;
    const built = this.anchors.get(name);
    if (built) {
      this.spend(built.size, node);
      return built.value;
    }
    if (this.anchors.has(name))
      throw new LimitExceeded(`The alias *${name} stands inside what it names.`, this.place(node));
    this.fault('yaml-syntax', `The alias *${name} names nothing that comes before it.`, this.place(node));
    return emptyScalar(this.place(node));
  }

  private mapping(
    pairs: readonly Pair<Node, Node | null>[],
    node: Node,
    tag: TagPart,
    depth: number,
  ): Mapping {
    const own = new Map<string, Entry>();
    const merged: Mapping[] = [];
    let merges = 0;
    for (const pair of pairs) {
      const entry = this.key(pair.key);
      const value = this.node(pair.value, depth + 1, entry?.keyPlace.end);
      if (entry === undefined) continue;
      if (entry.key === '<<') merged.push(...this.mergeSources(value, entry.keyPlace));
      if (entry.key === '<<' ? ++merges > 1 : own.has(entry.key)) this.faults.push(repeated(entry));
      // What is meant is most likely what was written last.
      if (entry.key !== '<<') own.set(entry.key, { ...entry, value });
    }
    return {
      kind: 'map',
      entries: withMerged(own, merged),
      place: this.place(node),
      flow: isMap(node) && node.flow === true,
      ...tag,
    };
  }

  private key(node: Node): Omit<Entry, 'value'> | undefined {
    const keyPlace = this.place(node);
    const scalar = isScalar(node) ? this.scalar(node, {}, false) : undefined;
    if (scalar && scalar.value !== null) {
      const { text: key, contentStart } = scalar;
      return { key, keyPlace, keyStart: contentStart };
    }
    this.fault('yaml-syntax', 'A key must be a text.', keyPlace);
    return undefined;
  }

  /** The mappings that a merge key brings in; https://yaml.org/type/merge.html */
  private mergeSources(value: Value, place: Place): Mapping[] {
    if (value.kind === 'map') return [value];
    if (value.kind === 'list') return value.items.flatMap(item => this.mergeSources(item, place));
    this.fault('yaml-syntax', 'The merge key << needs a mapping, or a list of mappings.', place);
    return [];
  }

  private scalar(node: Node, tag: TagPart, withVariables = true): Scalar {
    const place = this.place(node);
    const { value, source } = node as { value?: unknown; source?: string };
    const known = isKnown(value) ? value : String(value);
    const text = asWritten(known, source);
    if (typeof known !== 'string' || !withVariables || !text.includes('$')) {
      return {
        kind: 'scalar',
        value: known,
        text,
        place,
        ...this.content(place, text),
        unresolved: [],
        ...tag,
      };
    }
    const filled = interpolate(text, this.lookup);
    this.faults.push(...faultsOf(filled, place, this.source));
    const { text: result, unresolved } = filled;
    return {
      kind: 'scalar',
      value: result,
      text: result,
      place,
      ...this.content(place, result),
      unresolved,
      isFilledIn: true,
      ...tag,
    };
  }

  /** Where the text stands letter for letter: the token itself, or what is between its quotes. */
  private content(place: Place, text: string): { contentStart?: number } {
    if (place.line !== place.endLine) return {};
    const token = this.source.text.slice(place.start, place.end);
    if (token === text) return { contentStart: place.start };
    return token.slice(1, -1) === text ? { contentStart: place.start + 1 } : {};
  }

  private place(node: Node): Place {
    const [start, end] = (node.range ?? [0, 0, 0]) as Range;
    return this.source.place(start, end);
  }

  private fault(kind: FaultKind, message: string, place: Place): void {
    this.faults.push({ kind, message, place });
  }
}

const repeated = ({ key, keyPlace: place }: Pick<Entry, 'key' | 'keyPlace'>): Fault => ({
  kind: 'yaml-syntax',
  message: `The key "${key}" stands here twice.`,
  place,
  hint: key === '<<' ? 'Write one merge key with a list, <<: [*one, *other].' : undefined,
});

type TagPart = { readonly tag?: MergeTag };

function mergeTag(node: Node): TagPart {
  const { tag } = node as { tag?: string };
  if (tag === '!reset') return { tag: 'reset' };
  return tag === '!override' ? { tag: 'override' } : {};
}

const isKnown = (value: unknown): value is Scalar['value'] =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** As Compose writes numbers: 1.50 and 1.5 are the same, and a whole number keeps every digit. */
function asWritten(value: Scalar['value'], source: string | undefined): string {
  if (value === null) return '';
  if (typeof value === 'number' && source !== undefined && /^-?[1-9]\d*$/.test(source)) return source;
  return String(value);
}

const emptyScalar = (place: Place): Scalar => ({
  kind: 'scalar',
  value: null,
  text: '',
  place,
  unresolved: [],
});
