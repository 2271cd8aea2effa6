import { parseEnvironmentFile } from './environment-file.ts';
import type { Fault } from './fault.ts';
import { SourceText } from './place.ts';

/** What projects call the file that shows which variables their `.env` must have; the `.env` itself is kept out of the repository. */
const TEMPLATES = [
  '.env.example',
  '.env.sample',
  '.env.dist',
  '.env.template',
  'example.env',
  'sample.env',
  'env.example',
  'env.sample',
];

/** What is known of a `.env` that is not there. */
interface EnvironmentTemplate {
  readonly name: string;
  readonly variables: ReadonlySet<string>;
}

/**
 * The file beside a missing `.env` that names its variables.
 * @param read the text of a file of that folder, by its name
 */
export function readTemplate(read: (name: string) => string | undefined): EnvironmentTemplate | undefined {
  for (const name of TEMPLATES) {
    const text = read(name);
    if (text === undefined) continue;
    const { variables } = parseEnvironmentFile(new SourceText(name, text), () => undefined);
    return { name, variables: new Set(variables.map(variable => variable.name.text)) };
  }
  return undefined;
}

/**
 * Variables whose only fault is that there is no `.env`: nothing is said of them where the missing file is told itself, and else all of
 * them are one cause.
 * @param isTold a fault tells of the missing `.env`
 */
export function withoutEnvironment(
  faults: readonly Fault[],
  template: EnvironmentTemplate | undefined,
  isTold: (fault: Fault) => boolean,
): Fault[] {
  const isUnset = ({ kind }: Fault) => kind === 'variable-unset';
  if (faults.some(isTold)) {
    const hint = template && `Copy ${template.name} to .env, and fill it in.`;
    return faults
      .filter(fault => !isUnset(fault))
      .map(fault => (hint && isTold(fault) ? { ...fault, hint } : fault));
  }
  if (!template) return [...faults];
  const isNamed = (fault: Fault) =>
    isUnset(fault) && fault.variable !== undefined && template.variables.has(fault.variable);
  const names = [...new Set(faults.filter(isNamed).flatMap(({ variable }) => variable ?? []))];
  if (names.length < 2) return [...faults];
  const message = `The variables ${shown(names)} have neither a value nor a default: there is no .env, of which ${template.name} says what is in it.`;
  const hint = `Copy ${template.name} to .env, and fill it in; or give the variables defaults, \${NAME:-default}.`;
  return faults.map(fault => (isNamed(fault) ? { ...fault, message, hint, cause: '.env' } : fault));
}

/** Names that a message shows. */
const SHOWN = 20;

function shown(names: readonly string[]): string {
  const left = names.length - SHOWN;
  if (left > 0) return `${names.slice(0, SHOWN).join(', ')} and ${left} more`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
