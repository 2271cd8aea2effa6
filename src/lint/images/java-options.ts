import { imageFacts, isNewest, readImage, readVersion } from '../../compose/kafka/images.ts';
import { runsOwnProgram } from '../../compose/kafka/own-program.ts';
import type { EnvironmentEntry, Service } from '../../compose/reader/model.ts';

/**
 * Options of the virtual machine by the first Java that stops at them with "Unrecognized VM option": the third number of each in
 * `special_jvm_flags` of arguments.cpp in openjdk/jdk. Before, they are passed over with a warning.
 */
const REMOVED: ReadonlyMap<string, number> = new Map(
  Object.entries({
    UseBiasedLocking: 19,
    MaxPermSize: 17,
    UseConcMarkSweepGC: 15,
    PrintGCDateStamps: 9,
  }),
);

const VARIABLES =
  /^(?:KAFKA_(?:OPTS|HEAP_OPTS|JVM_PERFORMANCE_OPTS|GC_LOG_OPTS|JMX_OPTS)|JAVA_TOOL_OPTIONS)$/;

/**
 * The oldest Java that an image can have; undefined when that is not known.
 * Sources: pom.xml of confluentinc/common-docker (7.0 to 7.6: 11, 7.7 to 7.9: 17, 8.0 on: 21 and more) and docker/jvm/Dockerfile of
 * apache/kafka (21)
 */
function javaOf(service: Service): number | undefined {
  const image = service.image && readImage(service.image);
  const facts = image && imageFacts(image);
  if (!image || !facts || image.isRenamed || image.repository.endsWith('-native')) return undefined;
  if (image.repository === 'apache/kafka') return 21;
  if (facts.platform !== 'confluent') return undefined;
  if (isNewest(image)) return facts.ends === undefined ? 21 : undefined;
  const version = readVersion(image.tag?.text);
  if (!version || version.major < 7) return undefined;
  if (version.major > 7) return 21;
  return version.minor > 6 ? 17 : 11;
}

/** Options of Java in the variables of a service that the Java of its image stops at. */
export function removedJavaOptions(
  service: Service,
): { readonly entry: EnvironmentEntry; readonly option: string; readonly java: number }[] {
  const java = javaOf(service);
  if (java === undefined || service.builds || !runsOwnProgram(service)) return [];
  const entries = [...service.environment.values()].filter(({ name }) => VARIABLES.test(name));
  if (entries.some(({ value }) => value.text.includes('IgnoreUnrecognizedVMOptions'))) return [];
  return entries.flatMap(entry =>
    [...entry.value.text.matchAll(/(?<=^|\s)-XX:[+-]?(\w+)/g)].flatMap(([option, name = '']) => {
      const since = REMOVED.get(name);
      return since !== undefined && since <= java ? [{ entry, option, java: since }] : [];
    }),
  );
}
