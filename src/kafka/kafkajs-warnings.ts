/**
 * kafkajs 2 computes a negative delay now and then, which node reports with a warning to no use of the reader.
 * All other warnings stay.
 */
export function silenceKafkaWarnings(process: NodeJS.Process): void {
  process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]) => {
    if (!args.includes('TimeoutNegativeWarning')) emitWarning(...args);
  };
}
