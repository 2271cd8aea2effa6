import type { Service } from '../compose/reader/model.ts';

/** JMX of a Java program, open to whoever reaches it. */
interface OpenJmx {
  readonly port: number;
  /** The name by which it is told to be found; '' where none is set. */
  readonly host: string;
  /** The variable that could demand a password. */
  readonly variable: string;
}

/**
 * JMX at a port, where no password is asked for. By themselves the start scripts and Kafka's own ask for none; with options of one's own
 * Java asks, unless these say that it should not.
 * Sources: `run` in the images of confluentinc/kafka-images and its siblings, with a `…_JMX_PORT` of each program's own;
 * bin/kafka-run-class.sh of Kafka, which reads `JMX_PORT` in any image.
 */
export function openJmx({ environment }: Service, isPort: (port: number) => boolean): OpenJmx | undefined {
  const textOf = (name: string) => environment.get(name)?.value;
  for (const { name, value } of environment.values()) {
    const program = /^(?:(\w+)_)?JMX_PORT$/.exec(name);
    if (!program || !isPort(Number(value.text) || -1)) continue;
    const prefix = program[1] ?? programIn(environment);
    const variable = `${prefix}_JMX_OPTS`;
    const options = textOf(variable);
    const isDefault = options === undefined || (options.text === '' && options.unresolved.length === 0);
    if (!isDefault && !/authenticate=false/.test(options.text)) continue;
    const named = /java\.rmi\.server\.hostname=(\S+)/.exec(options?.text ?? '')?.[1];
    return {
      port: Number(value.text),
      host: textOf(`${prefix}_JMX_HOSTNAME`)?.text || (named ?? ''),
      variable,
    };
  }
  return jmxByOptions({ environment }, isPort);
}

/** Whose options go with `JMX_PORT`, which is every program's. */
const programIn = (environment: Service['environment']): string =>
  [...environment.keys()].flatMap(name => /^(\w+)_JMX_OPTS$/.exec(name)?.[1] ?? [])[0] ?? 'KAFKA';

/** A port that is given to Java itself, whatever the program is. */
export function jmxByOptions(
  { environment }: Pick<Service, 'environment'>,
  isPort: (port: number) => boolean,
): OpenJmx | undefined {
  for (const { name, value } of environment.values()) {
    const { text } = value;
    const port = Number(/-Dcom\.sun\.management\.jmxremote\.port=(\d+)/.exec(text)?.[1] ?? -1);
    if (!isPort(port) || !/jmxremote\.authenticate=false/.test(text)) continue;
    return { port, host: /java\.rmi\.server\.hostname=(\S+)/.exec(text)?.[1] ?? '', variable: name };
  }
  return undefined;
}
