/** Proves the files of a dump: each is read from the bucket, restored into a scratch database, and compared with the source. */
import { createHash } from 'node:crypto';
import { DumpError } from '../anonymize/format/dump-error.ts';
import type { DumpFile, DumpFingerprint, ProofRow } from '../domain/dump.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Anonymised, ArchiveOutcome, DumpEngine, Scratch } from '../ports/dump-engine.ts';
import type { Objects } from '../ports/objects.ts';
import type { WorkContext } from '../runtime/context.ts';
import { BackupError, explain, explainInLine } from '../runtime/errors.ts';
import { logProgress } from '../runtime/progress.ts';
import { observed } from '../runtime/streams.ts';
import type { Timeline } from '../runtime/timeline.ts';

/** The verdict on a dump. Bad beats unproven, unproven beats good. @param expected number of files to prove */
export function verdictOfProof(proof: readonly ProofRow[], expected: number): Verdict {
  if (proof.some((row) => row.verdict === 'bad')) return 'bad';
  return proof.length > 0 && proof.length === expected && proof.every((row) => row.verdict === 'good')
    ? 'good'
    : 'unproven';
}

/**
 * What becomes of the archive where it was made. Its own verdict decides: another file may be bad where it is good.
 * @param verdict on the whole dump, for an archive without a proof of its own
 */
export function outcomeOfArchive(proof: readonly ProofRow[], verdict: Verdict): ArchiveOutcome {
  const own = proof.find((row) => row.kind === 'archive')?.verdict ?? verdict;
  return own === 'good' ? 'proven' : own === 'bad' ? 'discard' : 'unproven';
}

/** Codes of errors that say something of the machinery, and nothing of the file. */
const machineryCodes = new Set([
  'unreachable',
  'disk-full',
  'no-memory',
  'killed',
  'tool-missing',
  'tool-unsafe',
  'extension-missing',
]);

/** Only content makes a file bad: what the server refuses of it, or where it ends too early. */
function verdictOfRestoreError(error: unknown): Verdict {
  // zlib's codes: the compressed bytes are damaged or incomplete.
  if (error instanceof DumpError || /^Z_/.test(explain(error).code ?? '')) return 'bad';
  return error instanceof BackupError && !machineryCodes.has(error.code ?? '') ? 'bad' : 'unproven';
}

/** Findings kept for one file. */
const maxFindings = 20;

export interface ProofRequest {
  readonly file: DumpFile;
  readonly source: DumpFingerprint;
  /** Owner of the scratch database, as `scratchOwner` gives it. */
  readonly owner: string;
  /** Undefined for files that hold the source's own values. */
  readonly anonymised: Anonymised | undefined;
}

export interface ProofPorts {
  readonly engine: Pick<DumpEngine, 'scratch' | 'compare'>;
  readonly objects: Pick<Objects, 'read'>;
}

type ProofContext = WorkContext & { readonly timeline: Timeline };
type Result = Omit<ProofRow, 'kind'>;

/** Proves one file. @throws the signal's reason when the run is cancelled; every other error is part of the result */
export async function proveFile(request: ProofRequest, ports: ProofPorts, context: ProofContext): Promise<ProofRow> {
  const { kind } = request.file;
  return context.timeline.step(`Prove the ${kind} file`, async (note) => {
    const result = await tryProof(request, ports, context);
    const { verdict, restoreSeconds, compared } = result;
    const details =
      verdict === 'good' ? `: restored in ${restoreSeconds.toFixed(1)} s, ${compared} figures compared` : '';
    note(`${verdict}${details}`);
    return { kind, ...result, findings: result.findings.slice(0, maxFindings) };
  });
}

async function tryProof(request: ProofRequest, ports: ProofPorts, context: ProofContext): Promise<Result> {
  const { clock, logger, signal } = context;
  const startedAt = clock.now().getTime();
  const seconds = (): number => (clock.now().getTime() - startedAt) / 1000;
  let scratch: Scratch;
  try {
    scratch = await ports.engine.scratch(request.owner, request.source);
  } catch (error) {
    signal.throwIfAborted();
    const { what, fix } = explain(error);
    return {
      verdict: 'unproven',
      findings: [what, ...(fix ? [`fix: ${fix}`] : [])],
      restoreSeconds: seconds(),
      compared: 0,
    };
  }
  try {
    const restored = await restore(request.file, scratch, ports, context);
    const restoreSeconds = seconds();
    const result = restored ?? (await compareCopy(request, scratch, ports, context));
    return { restoreSeconds, compared: 0, ...result };
  } finally {
    await scratch.drop().catch((error: unknown) => {
      logger.warning(`a scratch database could not be dropped (${explainInLine(error)}); the next run drops it`);
    });
  }
}

/** @returns undefined when the file was restored, and is the one that was written */
async function restore(
  file: DumpFile,
  scratch: Scratch,
  { objects }: ProofPorts,
  context: ProofContext,
): Promise<Pick<Result, 'verdict' | 'findings'> | undefined> {
  const { signal } = context;
  // Of the whole file as it was read last.
  let hash = createHash('sha256');
  const open = (): AsyncIterable<Buffer> => {
    hash = createHash('sha256');
    return observed(objects.read(file), { hash, onProgress, signal });
  };
  const onProgress = logProgress(context, `restoring the ${file.kind} file`);
  try {
    await scratch.restore(file.kind, open);
  } catch (error) {
    signal.throwIfAborted();
    const { what, detail = '' } = explain(error);
    const output = detail.split('\n').filter(Boolean).slice(-5);
    return { verdict: verdictOfRestoreError(error), findings: [what, ...output] };
  }
  const digest = hash.digest('hex');
  if (digest === file.sha256) return undefined;
  return { verdict: 'bad', findings: [`SHA-256 of the file in the bucket is ${digest}, expected ${file.sha256}`] };
}

async function compareCopy(
  { source, anonymised }: ProofRequest,
  scratch: Scratch,
  { engine }: ProofPorts,
  { signal }: ProofContext,
): Promise<Pick<Result, 'verdict' | 'findings'> & Partial<Result>> {
  let copy: DumpFingerprint;
  try {
    copy = await scratch.fingerprint(source);
  } catch (error) {
    signal.throwIfAborted();
    // The file was restored; that its copy cannot be read says nothing of it, or of the other files.
    return { verdict: 'unproven', findings: [explain(error).what] };
  }
  const { compared, differences } = engine.compare(source, copy, anonymised);
  const findings = differences.map(({ what, expected, found }) => `${what}: expected ${expected}, found ${found}`);
  return { verdict: findings.length === 0 ? 'good' : 'bad', findings, compared };
}
