/** The dump tool: its SQL, made portable and compressed, on the disk and in the bucket. */
import { join } from 'node:path';
import { hasBegun } from '../../../../dump/engines/mysql/moment.ts';
import { lastLine } from '../../../../dump/engines/mysql/sql/archived.ts';
import { portable } from '../../../../dump/engines/mysql/sql/definers.ts';
import { shownTool } from '../../../../dump/engines/mysql/tools.ts';
import type { FileCompression } from '../../../../dump/files.ts';
import type { LocalArchive } from '../../../../ports/dump-engine.ts';
import type { Upload } from '../../../../ports/objects.ts';
import { compressed } from '../../../../runtime/compression/compressed.ts';
import { BackupError } from '../../../../runtime/errors.ts';
import { writeArchive } from '../../archive.ts';
import { type StartOptions, start } from './started.ts';

export interface ToolOptions extends StartOptions {
  /** Of the compression. */
  readonly level: number;
  readonly compression: FileCompression | undefined;
}

export interface RunningTool {
  /** Resolves once its transaction has begun. @throws BackupError when it failed */
  readonly begun: Promise<void>;
  readonly running: () => boolean;
  /** @throws BackupError when the dump failed */
  readonly archive: (folder: string, upload: Upload, onProgress: (bytes: number) => void) => Promise<LocalArchive>;
  /** Ends it, and waits until it is gone. @param why what `archive` throws then */
  readonly stop: (why?: BackupError) => Promise<void>;
}

export async function startTool(options: ToolOptions): Promise<RunningTool> {
  const { command, signal } = options;
  const { tool } = command;
  let errors = '';
  const started = await start(options, (text) => {
    if (errors.length < 100_000) errors += text;
  });
  const { output } = started;
  let why: BackupError | undefined;
  const head: Buffer[] = [];
  const begun = (async (): Promise<void> => {
    try {
      for (let text = ''; !hasBegun(text); ) {
        const next = await output.next();
        if (next.done) return;
        head.push(next.value);
        text = (text + next.value.toString('latin1')).slice(0, 20_000);
      }
    } finally {
      await started.hasRead();
    }
  })();
  // The rejection is handled where the end is awaited.
  begun.catch(() => {});
  const all = async function* (): AsyncGenerator<Buffer> {
    await begun;
    yield* head.splice(0);
    yield* output;
  };
  return {
    begun,
    running: started.running,
    archive: async (folder, upload, onProgress) => {
      const path = join(folder, 'archive.sql');
      try {
        const sql = complete(portable(all(), command.withNames ? undefined : command.databases[0]), command.comments);
        const file = compressed(sql, options.level, options.compression);
        const bytes = await writeArchive(file, { path, upload, onProgress, signal });
        return { path, bytes, warnings: warningsOf(errors, shownTool(tool)) };
      } catch (error) {
        signal.throwIfAborted();
        throw why ?? error;
      }
    },
    stop: async (reason) => {
      why ??= reason;
      await started.stop();
    },
  };
}

/** Checks that the SQL ends as it must. Where the tool writes no comments, its status says so, and the line is added. */
async function* complete(sql: AsyncIterable<Buffer>, comments: boolean): AsyncGenerator<Buffer> {
  let end = '';
  for await (const chunk of sql) {
    end = (end + chunk.subarray(-200).toString('latin1')).slice(-200);
    yield chunk;
  }
  if (!comments) yield Buffer.from(`${lastLine}\n`);
  else if (!end.includes(`\n${lastLine}`))
    throw new BackupError({
      what: `the dump is not complete: its last line ("${lastLine}") is missing`,
      likelyCause: 'the dump tool ended early, and said nothing of it',
      fix: 'run again; update the client when it happens again',
      code: 'cut-off',
    });
}

/** What the tool wrote to standard error although it succeeded. Of passwords and option files it need not warn. */
function warningsOf(errors: string, tool: string): readonly string[] {
  const lines = errors
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/password on the command line|Deprecated program name/i.test(line));
  return [...new Set(lines)].slice(0, 20).map((line) => `${tool}: ${line.replace(/^\S+: /, '')}`);
}
