/** `npm run bench -- NAME`: the benchmarks, each of which compares two things measured in the same run. */
import { parseArgs } from 'node:util';
import { type EngineName, engineNames } from './commands.ts';

interface Sizes {
  readonly megabytes?: number;
  readonly rounds?: number;
  /** Another checkout, whose bundles and host scripts are measured, too. */
  readonly beside?: string;
  readonly engines?: readonly EngineName[];
}

const benchmarks: Readonly<Record<string, (sizes: Sizes) => Promise<void>>> = {
  pause: async (sizes) => (await import('./pause.ts')).pause(sizes),
  rotate: async () => (await import('./rotate.ts')).rotate(),
  anonymize: async (sizes) => (await import('./anonymize.ts')).anonymize(sizes),
  dump: async (sizes) => (await import('./dump.ts')).dump(sizes),
};

function refuse(what: string): never {
  console.error(
    `bench: ${what}; allowed: ${Object.keys(benchmarks).join(', ')} [--megabytes N] [--rounds N] [--engines NAME,...] [--beside FOLDER]`,
  );
  process.exit(2);
}

const usage = `npm run bench -- NAME [--megabytes N] [--rounds N] [--engines NAME,...] [--beside FOLDER]

Runs a benchmark, which compares two things measured in the same run: ${Object.keys(benchmarks).join(', ')}.
--engines: those whose dumps are measured, for anonymize and dump: ${engineNames.join(', ')}.
--beside: the folder of another checkout, such as one of an earlier commit, whose db-dump or pause is measured in the same run.`;
if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
  console.log(usage);
  process.exit();
}

function engineOf(name: string): EngineName {
  return engineNames.find((one) => one === name) ?? refuse(`--engines ${name}: there are ${engineNames.join(', ')}`);
}

function read(): { wanted: string; sizes: Sizes } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        megabytes: { type: 'string' },
        rounds: { type: 'string' },
        beside: { type: 'string' },
        engines: { type: 'string' },
      },
    });
    const [wanted = '', more] = positionals;
    if (more !== undefined) refuse(`one benchmark at a time, not ${positionals.join(' ')}`);
    const number = (name: 'megabytes' | 'rounds'): object => {
      const text = values[name];
      if (text === undefined) return {};
      return /^[1-9]\d{0,5}$/.test(text) ? { [name]: Number(text) } : refuse(`--${name} ${text} is no number`);
    };
    const { beside, engines } = values;
    return {
      wanted,
      sizes: {
        ...number('megabytes'),
        ...number('rounds'),
        ...(engines === undefined ? {} : { engines: engines.split(',').map(engineOf) }),
        ...(beside ? { beside } : {}),
      },
    };
  } catch (error) {
    return refuse((error as Error).message.split('. To ')[0] ?? '');
  }
}

const { wanted, sizes } = read();
const run = Object.hasOwn(benchmarks, wanted) ? benchmarks[wanted] : undefined;
if (run === undefined) refuse(wanted === '' ? 'no benchmark is named' : `there is no benchmark "${wanted}"`);
await run(sizes);
process.exit();
