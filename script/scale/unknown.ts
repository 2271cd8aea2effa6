/** Ends the process that stands for the machines: a question without an answer would be measured as an answer. */
export function unknown(question: string): never {
  console.error(
    `[bench-scale] script/scale has no answer for this, so that nothing can be measured:\n${question}`,
  );
  process.exit(1);
}
