/** Whether the witnesses notice anything: each fault of faults/faults.ts is put into a copy, in which its witness is asked. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cacheFolder } from '../../lab/hosts/cached.ts';
import { inCopy } from '../faults/copy.ts';
import { type Fault, faults } from '../faults/faults.ts';
import type { Witness } from '../witness.ts';

export const faultsNoticed: Witness = {
  name: 'faults',
  compares: 'Faults that are put into copies of this repository on purpose, with what the witnesses notice.',
  known: [],
  async install() {
    mkdirSync(cacheFolder, { recursive: true });
    return `${faults.length} faults`;
  },
  async run(points) {
    for (const fault of faults) {
      const { status, differences, output } = await inCopy(fault, (folder) => ask(fault, folder));
      if (status === 1 && differences.length > 0) {
        points.agree();
        console.log(`    noticed by ${fault.witness}: ${fault.what} (${differences[0]})`);
      } else points.differ(`${fault.witness}: ${fault.what}`, 'a fault', `status ${status}: ${output.slice(-400)}`);
    }
  },
};

interface Answer {
  readonly status: number | null;
  /** The points at which the witness says that something differs. */
  readonly differences: readonly string[];
  readonly output: string;
}

function ask({ witness, environment }: Fault, folder: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn('scripts/node24', ['crosscheck/main.ts', witness], {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text));
    child.on('error', reject);
    child.on('close', (status) => {
      const differences = [...output.matchAll(/^ +differs: (.*)$/gm)].map(([, point = '']) => point);
      resolve({ status, differences, output });
    });
  });
}
