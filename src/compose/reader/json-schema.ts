/** What of JSON Schema (draft 2020-12) the Compose specification is written in; other keywords say nothing of a value. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly uniqueItems?: boolean;
  readonly oneOf?: readonly JsonSchema[];
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** The names of these keywords, without `$defs`, which only names schemas. */
export const KEYWORDS: readonly string[] = [
  ...['$ref', 'type', 'enum', 'pattern', 'minimum', 'maximum', 'required', 'properties', 'patternProperties'],
  ...['additionalProperties', 'items', 'uniqueItems', 'oneOf'],
];

export interface SchemaError {
  /** JSON pointer to the value; a key stands in it as it is, but for `~0` and `~1`. */
  readonly path: string;
  readonly keyword: string;
  /** What it says of the value, to go on after its name. */
  readonly message: string;
  /** Types, values or the key, as the keyword has it. */
  readonly about: readonly string[];
  readonly schema: JsonSchema;
}

type Check = (path: string, value: unknown, schema: JsonSchema) => SchemaError[];

const DEFINITIONS = '#/$defs/';

/**
 * All that is wrong with a value by a schema. The schema is read as it stands: compiling it first takes longer than the files of
 * a whole project do.
 */
export function schemaErrors(root: JsonSchema, value: unknown): SchemaError[] {
  // What an alias stands for is one object: it is right everywhere once it is right by the same schema.
  const right = new WeakMap<object, Set<JsonSchema>>();
  const check: Check = (path, each, schema) => {
    if (schema.$ref !== undefined) return check(path, each, definition(root, schema.$ref));
    const known = typeof each === 'object' && each !== null ? each : undefined;
    if (known && right.get(known)?.has(schema)) return [];
    const own = ownErrors(path, each, schema);
    const errors = [
      ...own,
      ...innerErrors(path, each, schema, check),
      ...choiceErrors(path, each, schema, check),
    ];
    if (known && errors.length === 0) right.set(known, (right.get(known) ?? new Set()).add(schema));
    return errors;
  };
  return check('', value, root);
}

const EXPRESSIONS = new Map<string, RegExp>();

/** The schema has few patterns, and most of them stand in many of its parts. */
function expression(pattern: string): RegExp {
  const known = EXPRESSIONS.get(pattern) ?? new RegExp(pattern, 'u');
  EXPRESSIONS.set(pattern, known);
  return known;
}

function definition(root: JsonSchema, reference: string): JsonSchema {
  const name = reference.startsWith(DEFINITIONS) ? reference.slice(DEFINITIONS.length) : '';
  const found = root.$defs?.[name];
  if (!found) throw new RangeError(`The schema has no ${reference}.`);
  return found;
}

/** What a value itself breaks; of a value of another type nothing more is said. */
function ownErrors(path: string, value: unknown, schema: JsonSchema): SchemaError[] {
  const types = schema.type === undefined ? [] : [schema.type].flat();
  const found: Found[] =
    types.length > 0 && !types.some(type => isOfType(value, type))
      ? [['type', `must be ${types.join(',')}`, types]]
      : [
          ...ofValues(value, schema),
          ...ofText(value, schema),
          ...ofNumber(value, schema),
          ...ofParts(value, schema),
        ];
  return found.map(([keyword, message, about = []]) => ({ path, keyword, message, about, schema }));
}

type Found = readonly [keyword: string, message: string, about?: readonly string[]];

const ofValues = (value: unknown, { enum: allowed }: JsonSchema): Found[] =>
  !allowed || allowed.includes(value)
    ? []
    : [['enum', 'must be one of the allowed values', allowed.map(String)]];

const ofText = (value: unknown, { pattern }: JsonSchema): Found[] =>
  typeof value !== 'string' || pattern === undefined || expression(pattern).test(value)
    ? []
    : [['pattern', `must match pattern "${pattern}"`]];

function ofNumber(value: unknown, { minimum, maximum }: JsonSchema): Found[] {
  if (typeof value !== 'number') return [];
  if (minimum !== undefined && value < minimum) return [['minimum', `must be ${minimum} or more`]];
  if (maximum !== undefined && value > maximum) return [['maximum', `must be ${maximum} or less`]];
  return [];
}

function ofParts(value: unknown, { required = [], uniqueItems }: JsonSchema): Found[] {
  if (isObject(value))
    return required
      .filter(key => !Object.hasOwn(value, key))
      .map(key => ['required', `must have the key "${key}"`, [key]]);
  const repeats = Array.isArray(value) && uniqueItems && new Set(value.map(identity)).size < value.length;
  return repeats ? [['uniqueItems', 'must not have the same item twice']] : [];
}

function innerErrors(path: string, value: unknown, schema: JsonSchema, check: Check): SchemaError[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((item, index) => check(`${path}/${index}`, item, items)) : [];
  }
  if (!isObject(value)) return [];
  const patterns = Object.entries(schema.patternProperties ?? {}).map(
    ([pattern, inner]) => [expression(pattern), inner] as const,
  );
  return Object.entries(value).flatMap(([key, inner]) => {
    const below = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const { properties = {}, additionalProperties = true } = schema;
    const known = [
      ...(Object.hasOwn(properties, key) ? [properties[key]] : []),
      ...patterns.filter(([pattern]) => pattern.test(key)).map(([, each]) => each),
    ];
    if (known.length === 0 && additionalProperties === false)
      return [{ path, keyword: 'additionalProperties', message: 'has an unknown key', about: [key], schema }];
    if (known.length === 0 && typeof additionalProperties === 'object') known.push(additionalProperties);
    return known.flatMap(each => (each ? check(below, inner, each) : []));
  });
}

/** Where a value may take one of several forms: it fails in each of them, or has more than one. */
function choiceErrors(path: string, value: unknown, schema: JsonSchema, check: Check): SchemaError[] {
  if (!schema.oneOf) return [];
  const attempts = schema.oneOf.map(each => check(path, value, each));
  if (attempts.filter(errors => errors.length === 0).length === 1) return [];
  const message = 'must be of exactly one of its forms';
  return [...attempts.flat(), { path, keyword: 'oneOf', message, about: [], schema }];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

/** The same for values that are equal. */
function identity(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(identity).join(',')}]`;
  if (!isObject(value)) return typeof value === 'string' ? JSON.stringify(value) : String(value);
  const entries = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${identity(inner)}`);
  return `{${entries.sort().join(',')}}`;
}
