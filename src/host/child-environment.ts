/** The environment for child processes: without the inputs, among which are secrets. */
export function withoutInputs(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(
    ([name, value]) => value !== undefined && !name.startsWith('INPUT_'),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}
