import { javaTokens, type Token } from './java-tokens.ts';

/** The login module of a JAAS configuration, and its options. */
export interface LoginModule {
  readonly name: string;
  readonly options: ReadonlyMap<string, string>;
}

const FLAGS = ['REQUIRED', 'REQUISITE', 'SUFFICIENT', 'OPTIONAL'];

/**
 * Reads the value of `sasl.jaas.config` as Kafka's clients do (org.apache.kafka.common.security.JaasConfig):
 * `MODULE required NAME="VALUE" …;`.
 * @throws Error that says what is wrong; it holds no value
 */
export function readJaasConfig(text: string): LoginModule {
  const tokens = [...javaTokens(text)];
  const [name, flag] = tokens;
  if (name === undefined) throw new Error('it names no login module');
  if (!FLAGS.includes(flag?.value?.toUpperCase() ?? ''))
    throw new Error('after the login module stands none of required, requisite, sufficient, optional');
  const options = new Map<string, string>();
  let at = 2;
  for (; at < tokens.length && tokens[at]?.character !== ';'; at += 3)
    options.set(...optionIn(tokens.slice(at, at + 3)));
  if (at >= tokens.length) throw new Error('it does not end with a semicolon');
  if (at < tokens.length - 1)
    throw new Error('after its semicolon stands something: Kafka takes one login module');
  return { name: name.value ?? '', options };
}

/** @param tokens `NAME`, `=` and a value, if all is well */
function optionIn([name, equals, value]: readonly Token[]): [string, string] {
  if (name?.value === undefined)
    throw new Error('something else stands where the name of an option, or the semicolon, should be');
  if (equals?.character === '=' && value?.value !== undefined) return [name.value, value.value];
  const shown = /^[a-z_]{1,40}$/i.test(name.value) ? `the option ${name.value}` : 'an option';
  throw new Error(
    `${shown} has no value: NAME="VALUE", where only a word that begins with a letter needs no quotes`,
  );
}
