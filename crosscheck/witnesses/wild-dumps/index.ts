/** Dumps from the wild through the command `anonymize`, and both into PostgreSQL by its own programs. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '../../../lab/hosts/postgres/server.ts';
import { prepareComputer } from '../../../lab/hosts/prerequisites.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';
import type { Witness } from '../../witness.ts';
import { sampleOf, version, wildDumps } from './files.ts';
import { tryFile } from './try-file.ts';

export const wildDumpsWitness: Witness = {
  name: 'wild-dumps',
  compares:
    "Dumps that people committed, anonymised by default and with the rules that `--audit` proposes: exit status, messages of psql, pg_dump's text of both databases, rows of each table, and addresses that are left.",
  known: [],
  optional: true,
  install: async () => {
    await wildDumps();
    const [problem] = prepareComputer((text) => console.log(text));
    if (problem !== undefined) throw new ToolMissing(problem);
    return version;
  },
  run: async (points) => {
    const { files: all, absent } = await wildDumps();
    for (const name of absent) points.missed(`${name}: this checkout does not have it`);
    const files = process.env.CI ? sampleOf(all) : all;
    if (files.length < all.length)
      points.missed(`${all.length - files.length} of ${all.length} files: CI has no room for all`);
    const directory = mkdtempSync('/var/tmp/holdfast-wild-dumps-');
    chmodSync(directory, 0o755);
    const server = await startPostgres({ directory: join(directory, 'postgres') });
    try {
      for (const file of files) await tryFile(points, server, directory, file);
    } finally {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
