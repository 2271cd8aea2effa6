import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';

/** An input or an output of action.yml. The description is Markdown. */
export interface Entry {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** '' for none. */
  readonly fallback: string;
}

/** Inputs under a comment of one line, such as `# Connection`. */
export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export interface Contract {
  readonly inputs: readonly Group[];
  readonly outputs: readonly Entry[];
}

/** @param actionYml text of action.yml @throws Error when it has no inputs or no outputs */
export function readContract(actionYml: string): Contract {
  const document = parseDocument(actionYml);
  const inputs = mapAt(document.get('inputs'), 'inputs');
  const outputs = mapAt(document.get('outputs'), 'outputs');
  return { inputs: groupsOf(inputs), outputs: outputs.items.map(entryOf) };
}

function mapAt(node: unknown, name: string): YAMLMap {
  if (isMap(node)) return node;
  throw new Error(`action.yml has no ${name}`);
}

/** A comment above the first key belongs to the whole map, any other to the key below it. */
function groupsOf(inputs: YAMLMap): Group[] {
  const groups: { title: string; entries: Entry[] }[] = [];
  for (const [index, pair] of inputs.items.entries()) {
    const comment = index === 0 ? inputs.commentBefore : isScalar(pair.key) ? pair.key.commentBefore : null;
    if (comment || groups.length === 0) groups.push({ title: comment?.trim() ?? '', entries: [] });
    groups.at(-1)?.entries.push(entryOf(pair));
  }
  return groups;
}

function entryOf(pair: Pair): Entry {
  const value = mapAt(pair.value, `description of ${pair.key}`);
  return {
    name: String(pair.key),
    description: String(value.get('description') ?? ''),
    required: value.get('required') === true,
    fallback: String(value.get('default') ?? ''),
  };
}
