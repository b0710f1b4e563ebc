/** Restores the SQL of a dump with the plain client, as far as the server lets it. */
import type { Connection } from '../../../../dump/engines/mysql/connection.ts';
import {
  type ClientError,
  isLost,
  parseClientError,
  refusalOf,
} from '../../../../dump/engines/mysql/refusals/refusals.ts';
import { Places, type RestorableOptions, restorable } from '../../../../dump/engines/mysql/sql/restorable.ts';
import type { Tool } from '../../../../dump/engines/mysql/tools.ts';
import type { Refusal } from '../../../../ports/dump-engine.ts';
import { decompress } from '../../../../runtime/compression/format.ts';
import { BackupError } from '../../../../runtime/errors.ts';
import { PipedProgram } from '../../piped-program.ts';
import { adviceOn, programFailed } from '../../tool-output.ts';
import { mysqlCauses } from '../causes.ts';
import { programEnvironment, writeOptions } from '../programs.ts';

export interface RestoreOptions extends RestorableOptions {
  readonly client: Tool;
  readonly connection: Connection;
  readonly charset: string;
  readonly workDirectory: string;
  readonly signal: AbortSignal | undefined;
  /** Whether the client goes on after an error. */
  readonly goOn: boolean;
}

/** Refusals that are kept: a file may hold a million statements. */
const maxRefusals = 10_000;

/**
 * @param connection with the database that a dump which names none goes into
 * @returns the statements that the server refused
 * @throws BackupError when the restore ended early; zlib's error, or BackupError, when the file is damaged
 */
export async function restoreSql(options: RestoreOptions, source: AsyncIterable<Buffer>): Promise<readonly Refusal[]> {
  const { client, connection, charset, workDirectory, signal, goOn } = options;
  const file = await writeOptions(connection, client.family, charset, workDirectory);
  const errors: ClientError[] = [];
  let rest = '';
  let others = '';
  const onErrors = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const error = parseClientError(line);
      if (error && errors.length < maxRefusals) errors.push(error);
      else if (!error && others.length < 10_000) others += `${line}\n`;
    }
  };
  const what = `the restore into ${connection.shown} (${client.name})`;
  const program = new PipedProgram({
    program: client.path,
    parameters: [
      file.parameter,
      ...(goOn ? ['--force'] : []),
      '--batch',
      '--line-numbers',
      // No command of the client but DELIMITER is read from the file: a name in a comment may hold any (mysql manual, --binary-mode).
      '--binary-mode',
      '--max-allowed-packet=1G',
      ...(connection.database === undefined ? [] : [`--database=${connection.database}`]),
    ],
    environment: programEnvironment(),
    what,
    signal,
    causes: mysqlCauses,
    onErrors,
    failure: (status) => {
      onErrors('\n');
      // With --force, the client's status says of errors what the lines say.
      return errors.length > 0
        ? undefined
        : programFailed({ what, status, errors: others.trim(), causes: mysqlCauses });
    },
  });
  const places = new Places();
  try {
    await program.feed(restorable(decompress(source), options, places));
  } finally {
    await file.remove();
  }
  onErrors('\n');
  const lost = errors.find(isLost);
  if (lost)
    throw new BackupError({
      what: `${what} ended early: ${lost.message} (error ${lost.number})`,
      ...adviceOn(lost.message, 1, mysqlCauses),
    });
  return errors.map((error) => refusalOf(error, error.line === undefined ? undefined : places.at(error.line)));
}
