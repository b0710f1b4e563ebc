/** Starts a dump on a host, and follows it to its end. */
import { isOver } from '../../../dump/owner.ts';
import type { HostAnswer, HostParameters } from '../../../host/catalogue/catalogue.ts';
import type { Runs } from '../../../ports/github.ts';
import { AwsError, BackupError, HostError } from '../../../runtime/errors.ts';
import { type Probe, paces, poll } from '../../../runtime/poll.ts';
import { type CompleteDump, type HostCommands, type HostDumpContext, hostPartBytes, runOfDump } from './commands.ts';

/** Unanswered questions in a row after which the dump is given up. */
const maxUnanswered = 5;

/** What every engine's script gets that starts a dump. */
export type StartParameters = Pick<HostParameters<'dump-start'>, 'DumpId' | 'PartBytes' | 'MaxSeconds'>;
type Started = HostAnswer<'dump-start'>;

/**
 * @param bytes of the database
 * @param begin runs the engine's script
 * @returns the point in time of the dump
 * @throws BackupError when another active run dumps into the same folder
 */
export async function startDump(
  commands: HostCommands,
  bytes: number,
  begin: (parameters: StartParameters) => Promise<Started>,
  runs: Runs,
  context: HostDumpContext,
): Promise<string> {
  const { options, dumpId } = commands;
  const start = (): Promise<Started> =>
    begin({
      DumpId: dumpId,
      PartBytes: String(hostPartBytes(bytes)),
      MaxSeconds: String(options.timeoutSeconds),
    });
  const { takenAt } = await start().catch(async (error: unknown) => {
    if (!(error instanceof HostError && error.code === 'busy' && error.detail !== '')) throw error;
    await discardOther(error.detail.trim(), commands, runs, context);
    return start();
  });
  if (takenAt !== '') return takenAt;
  context.logger.info(
    `the dump on ${commands.instanceId} has not begun yet: it waits for locks, or reads the source first`,
  );
  return askUntil(commands, context, (answer) => answer.takenAt || undefined);
}

/**
 * Discards the dump of a run that is over.
 * @param other its id: the run's id, attempt and name of the source
 * @throws BackupError when that run is still active
 */
async function discardOther(
  other: string,
  commands: HostCommands,
  runs: Runs,
  { run, logger }: HostDumpContext,
): Promise<void> {
  const { instanceId, options } = commands;
  const made = runOfDump(other, run);
  if (!(await isOver(made, run, runs)))
    throw new BackupError(
      made.key === run.key
        ? {
            what: `another job of this run is dumping into ${options.folder} of ${instanceId}: ${other}`,
            fix: 'give the files of each database a name of their own (name), or the archives another folder (host-folder)',
          }
        : {
            what: `another run is dumping into ${options.folder} of ${instanceId}: ${made.key}`,
            fix: 'wait for it to end; a concurrency group for each database keeps runs apart',
          },
    );
  logger.info(`discarding the dump ${other} on ${instanceId}, whose run is over`);
  await commands.finish(other, 'discard', '');
}

/** Follows the dump until it is complete. @param onProgress gets the bytes so far */
export function followDump(
  commands: HostCommands,
  context: HostDumpContext,
  onProgress: (bytes: number) => void,
): Promise<CompleteDump> {
  return askUntil(commands, context, (answer) => {
    if (answer.state === 'done') return answer;
    onProgress(answer.bytes);
    return undefined;
  });
}

/** Asks for the state of the dump until it tells what is wanted. */
function askUntil<T>(
  commands: HostCommands,
  { clock, signal, logger }: HostDumpContext,
  wanted: (answer: HostAnswer<'dump-state'>) => T | undefined,
): Promise<T> {
  const { instanceId, options, dumpId } = commands;
  let unanswered = 0;
  // A host that is busy with the dump may miss a question; the dump goes on all the same.
  const tolerate = (error: unknown): undefined => {
    unanswered += 1;
    if (!(error instanceof AwsError && error.outcome === 'maybe-done') || unanswered >= maxUnanswered) throw error;
    logger.info(`${error.message}; asking again`);
  };
  const timeoutSeconds = options.timeoutSeconds + 60;
  return poll(
    { what: `the dump on ${instanceId}`, timeoutSeconds, pace: paces.long, clock, signal },
    async (): Promise<Probe<T>> => {
      const answer = await commands.run('dump-state', { DumpId: dumpId }).catch(tolerate);
      if (answer === undefined) return { retry: 'no answer' };
      unanswered = 0;
      const found = wanted(answer);
      return found === undefined ? { retry: 'dumping' } : { done: found };
    },
  );
}
