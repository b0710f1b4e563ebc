/** Wires patrol to AWS, and starts it. */
import { openAllBackups } from '../common/all-backups.ts';
import { startAction } from '../common/start.ts';
import { inputs, type Settings } from './inputs.ts';
import type { Findings } from './ports.ts';
import { run } from './run.ts';

await startAction<Settings, Findings>({
  name: 'patrol',
  inputs,
  source: () => 'the kept backups',
  outputs: ({ jobs, patrol }) => ({
    ...(jobs ? Object.fromEntries(Object.entries(jobs).map(([name, list]) => [name, JSON.stringify(list)])) : {}),
    overdue: patrol && String(patrol.overdue),
    altered: patrol && String(patrol.altered),
  }),
  run: (settings, context) =>
    run(settings, { ...openAllBackups('patrol', settings, context), random: Math.random }, context),
});
