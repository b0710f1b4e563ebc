/** `npm run bench -- NAME`: the benchmarks, each of which compares two things measured in the same run. */
const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  pause: async () => (await import('./pause.ts')).pause(),
  rotate: async () => (await import('./rotate.ts')).rotate(),
};

const [wanted = '', ...rest] = process.argv.slice(2);
const run = Object.hasOwn(benchmarks, wanted) ? benchmarks[wanted] : undefined;
if (run === undefined || rest.length > 0) {
  console.error(
    `bench: ${wanted === '' ? 'no benchmark is named' : `there is no benchmark "${[wanted, ...rest].join(' ')}"`}; allowed: ${Object.keys(benchmarks).join(', ')}`,
  );
  process.exit(2);
}
await run();
process.exit();
