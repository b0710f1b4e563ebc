/** Lists the databases of a server, so that a job for each of them dumps it. Nothing is dumped, and nothing is changed. */
import { idlePatterns, isExcluded } from '../../dump/databases/patterns.ts';
import { listed } from '../../dump/databases/sources.ts';
import { BackupError } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import type { Settings } from './inputs.ts';
import { type Context, locationOf, type Ports } from './ports.ts';

/** @throws BackupError when no database is left */
export async function listDatabases(settings: Settings, ports: Ports, context: Context): Promise<void> {
  const { report, timeline, logger } = context;
  const { excludeDatabases } = settings;
  await timeline.step('List the databases', async (note) => {
    if (ports.databases === undefined) throw new Error('the engine lists no databases');
    const { found, leftOut } = await ports.databases();
    const chosen = found.filter((name) => !isExcluded(name, excludeDatabases));
    const excluded = found.filter((name) => isExcluded(name, excludeDatabases));
    const idle = idlePatterns([...found, ...leftOut.map(({ database }) => database)], excludeDatabases);
    const notes = [
      ...excluded.map((name) => `the database ${name} is excluded (exclude-databases)`),
      ...leftOut.map(({ database, why }) => `the database ${database} is left out: ${why}`),
      ...idle.map((pattern) => `exclude-databases: ${pattern} fits no database of the server`),
    ];
    for (const text of notes) logger.info(text);
    note(`${plural(chosen.length, 'database')}${excluded.length > 0 ? `, ${excluded.length} excluded` : ''}`);
    report({ notes });
    if (chosen.length === 0)
      throw new BackupError({
        what: 'the server has no database to dump',
        likelyCause:
          excluded.length > 0 ? 'exclude-databases leaves none of them' : 'database-url is the one of another server',
        fix: 'correct exclude-databases or database-url',
      });
    const { source, prefix } = settings;
    const databases = listed(chosen, { source, prefix, name: locationOf(settings).name });
    report({
      databases,
      plan: databases.map((one) => ({
        decision: `dump the database ${one.database} as ${one.source}`,
        reason: 'it is on the server, and not excluded',
      })),
    });
  });
  report({ outcome: 'done' });
}
