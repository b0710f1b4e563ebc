/** Starts the dump tool: on the runner, or where the server is. */
import { type Connection, optionFile } from '../../../../dump/engines/mysql/connection.ts';
import { type DumpCommand, dumpParameters } from '../../../../dump/engines/mysql/tools.ts';
import { type RemotePlace, remoteConfigPath } from '../../../../ports/remote.ts';
import { checkedOutput, PipedProgram } from '../../piped-program.ts';
import { mysqlCauses } from '../causes.ts';
import { programEnvironment, writeOptions } from '../programs.ts';

export interface StartOptions {
  readonly command: DumpCommand;
  /** As the tool reaches the server. */
  readonly connection: Connection;
  /** Undefined: the tool runs on the runner. */
  readonly place?: RemotePlace | undefined;
  readonly workDirectory: string;
  readonly signal: AbortSignal;
}

export interface StartedTool {
  /** @throws BackupError at its end, unless it ended with status 0 */
  readonly output: AsyncGenerator<Buffer>;
  readonly running: () => boolean;
  /** It has read its options. */
  readonly hasRead: () => Promise<void>;
  /** Ends it, and waits until it is gone. */
  readonly stop: () => Promise<void>;
}

/** @param onErrors gets everything that it writes to standard error */
export function start(options: StartOptions, onErrors: (text: string) => void): Promise<StartedTool> {
  return options.place ? startThere(options, options.place, onErrors) : startHere(options, onErrors);
}

async function startHere(
  { command, connection, workDirectory, signal }: StartOptions,
  onErrors: (text: string) => void,
): Promise<StartedTool> {
  const { tool, charset } = command;
  const file = await writeOptions(connection, tool.family, charset, workDirectory);
  const program = new PipedProgram({
    program: tool.path,
    parameters: [file.parameter, ...dumpParameters(command)],
    environment: programEnvironment(),
    what: `${tool.name} of ${connection.shown}`,
    signal,
    causes: mysqlCauses,
    onErrors,
  });
  return {
    output: checkedOutput(program),
    running: () => program.running,
    hasRead: file.remove,
    stop: async () => {
      await program.discard();
      await file.remove();
    },
  };
}

async function startThere(
  { command, connection, signal }: StartOptions,
  place: RemotePlace,
  onErrors: (text: string) => void,
): Promise<StartedTool> {
  const { tool, charset } = command;
  const ending = new AbortController();
  let running = true;
  const whole = place.output({
    words: [tool.path, `--defaults-file=${remoteConfigPath}`, ...dumpParameters(command)],
    config: optionFile(connection, tool.family, charset),
    what: `${tool.name} of ${connection.shown}`,
    signal: AbortSignal.any([signal, ending.signal]),
    causes: mysqlCauses,
    onErrors,
  });
  const output = (async function* (): AsyncGenerator<Buffer> {
    try {
      yield* whole;
    } finally {
      running = false;
    }
  })();
  return {
    output,
    running: () => running,
    hasRead: async () => {},
    stop: async () => {
      if (!running) return;
      ending.abort();
      await output.return(undefined).catch(() => {});
    },
  };
}
