/** Reads a restored copy: rows and definitions, as they are compared with the source. */
import { join } from 'node:path';
import type { DumpFingerprint } from '../../../../domain/dump.ts';
import { viewsToRefresh } from '../../../../dump/engines/postgres/compare/compare.ts';
import { sameWords } from '../../../../dump/engines/postgres/compare/compare-definitions.ts';
import { type Connection, clientEnvironment } from '../../../../dump/engines/postgres/connection.ts';
import { readDefinitions } from '../../../../dump/engines/postgres/fingerprint/definitions.ts';
import { copyScript, refreshScript } from '../../../../dump/engines/postgres/fingerprint/fingerprint.ts';
import { parseFingerprint } from '../../../../dump/engines/postgres/fingerprint/fingerprint-rows.ts';
import { encodingOfDump } from '../../../../dump/engines/postgres/snapshot/snapshot.ts';
import type { ClientTools } from '../../../../dump/engines/postgres/tools.ts';
import type { DefinitionFacts, DescribedFingerprint } from '../../../../ports/dump-engine.ts';
import type { WorkContext } from '../../../../runtime/context.ts';
import { checkedOutput, PipedProgram } from '../../piped-program.ts';
import { postgresCauses } from '../causes.ts';
import { runScript } from '../psql.ts';

export interface CopyOptions {
  readonly tools: Pick<ClientTools, 'folder'>;
  /** A role that may read everything of the copy, and refresh its views. */
  readonly connection: Connection;
  readonly source: DescribedFingerprint;
  /** Restores definitions alone into another database of the server, and reads them there. */
  readonly reword: (sql: Buffer) => Promise<DefinitionFacts>;
  /** Whether each column gets a checksum of its own. */
  readonly columns?: boolean | undefined;
}

/** @throws BackupError when the server cannot be reached, or its definitions cannot be read */
export async function readCopy(
  { tools, connection, source, reword, columns = false }: CopyOptions,
  { clock, signal }: Pick<WorkContext, 'clock' | 'signal'>,
): Promise<DescribedFingerprint> {
  const startedAt = clock.now();
  const run = async (sql: string): Promise<string[]> => {
    const question = { tools, connection, sql, what: 'the fingerprint of the copy', signal };
    const { output, messages } = await runScript(question);
    return [...output.split('\n'), ...messages.split('\n')];
  };
  const { searchPath = '' } = source;
  const lines = await run(copyScript(searchPath, columns));
  const parse = (): DumpFingerprint => {
    const seconds = (clock.now().getTime() - startedAt.getTime()) / 1000;
    return parseFingerprint(lines, { takenAt: startedAt.toISOString(), seconds, serverVersion: '' });
  };
  const views = viewsToRefresh(source, parse());
  if (views.length > 0) lines.push(...(await run(refreshScript(searchPath, views))));
  const { figures, sql } = await definitionsOf({ tools, connection, source }, signal);
  const copy: DescribedFingerprint = { ...parse(), ...figures, sql };
  const { definitions, text } = source;
  if (definitions === undefined || text === undefined || sameWords(source, copy)) return copy;
  return { ...copy, reworded: await reword(text) };
}

/**
 * The definitions of a database, in the encoding in which the source was dumped, so that names and comments are the same bytes.
 * @throws BackupError when they cannot be read
 */
export function definitionsOf(
  { tools, connection, source }: Pick<CopyOptions, 'tools' | 'connection' | 'source'>,
  signal: AbortSignal,
): Promise<DefinitionFacts> {
  const encoding = encodingOfDump(source.locale?.encoding ?? 'UTF8');
  const output = checkedOutput(
    new PipedProgram({
      program: join(tools.folder, 'pg_dump'),
      parameters: [
        '--schema-only',
        `--encoding=${encoding}`,
        '--no-owner',
        '--no-acl',
        '--no-tablespaces',
        '--no-password',
      ],
      environment: clientEnvironment(connection),
      what: `pg_dump of the copy (${connection.shown})`,
      signal,
      causes: postgresCauses,
    }),
  );
  return readDefinitions(output);
}
