/** ssh2 reads `__dirname`, which an ES module does not have; this must be imported before it. */
globalThis.__dirname = import.meta.dirname;

declare global {
  var __dirname: string;
}
