// Loaded into the action by script/bench-memory: says at its end how much memory it had at the most.
if (process.argv[1]?.endsWith('dist/index.js')) {
  process.on('exit', () => {
    const peak = Math.round(process.resourceUsage().maxRSS / 1024);
    require('node:fs').writeSync(2, `peak memory: ${peak} MiB\n`);
  });
}
