// script/bench-memory loads this into the action. It prints the peak memory at the end.
if (process.argv[1]?.endsWith('dist/index.js')) {
  process.on('exit', () => {
    const peak = Math.round(process.resourceUsage().maxRSS / 1024);
    require('node:fs').writeSync(2, `peak memory: ${peak} MiB\n`);
  });
}
