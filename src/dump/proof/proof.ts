/** Proves the files of a dump: each is read from the bucket, restored into a scratch database, and compared with the source. */
import type { DumpFile, ProofRow } from '../../domain/dump.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { Anonymised, ArchiveOutcome, DescribedFingerprint, DumpEngine, Scratch } from '../../ports/dump-engine.ts';
import type { Objects } from '../../ports/objects.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { explain, explainInLine } from '../../runtime/errors.ts';
import type { Timeline } from '../../runtime/timeline.ts';
import { StoredFile } from './stored-file.ts';
import { type Judgement, judge, type Observation } from './verdict.ts';

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

export interface ProofRequest {
  readonly file: DumpFile;
  /** What the copy must match. */
  readonly source: DescribedFingerprint;
  /** Owner of the scratch database, as `scratchOwner` gives it. */
  readonly owner: string;
  /** Undefined for files that hold the source's own values. */
  readonly anonymised: Anonymised | undefined;
  /** Whether the copy is read with a checksum of each column, which the proof of an anonymised file needs. */
  readonly columns?: boolean | undefined;
  /** Gets the copy of a file that holds all rows of the source, even where it lacks what its server refused. */
  readonly onRows?: ((copy: DescribedFingerprint) => void) | undefined;
  /** What a reader should know of this proof. */
  readonly notes?: readonly string[] | undefined;
}

export interface ProofPorts {
  readonly engine: Pick<DumpEngine, 'scratch' | 'compare' | 'explained'>;
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
    return { kind, ...result };
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
    const { what, likelyCause, fix } = explain(error);
    return { verdict: 'unproven', findings: [what], likelyCause, fix, restoreSeconds: seconds(), compared: 0 };
  }
  try {
    const stored = new StoredFile(request.file, ports.objects, context, 'restoring');
    const restored = await restore(request.file, stored, scratch, context);
    const restoreSeconds = seconds();
    const digest = await stored.digest();
    const whole = restored.ended === undefined && digest === request.file.sha256 && !restored.refusals.at(-1)?.ended;
    const copied = whole ? await compareCopy(request, scratch, ports, context) : nothingCompared;
    const judgement = judge({
      ...restored,
      ...copied,
      digest,
      expectedDigest: request.file.sha256,
      explained: (difference) => ports.engine.explained(difference, restored.refusals),
    });
    if (copied.copy && hasAllRows(judgement, copied)) request.onRows?.(copied.copy);
    const notes = [...(scratch.notes?.() ?? []), ...(request.notes ?? []), ...copied.notes];
    return { restoreSeconds, ...judgement, notes };
  } finally {
    await scratch.drop().catch((error: unknown) => {
      logger.warning(`a scratch database could not be dropped (${explainInLine(error)}); the next run drops it`);
    });
  }
}

function hasAllRows({ verdict, refused = 0 }: Judgement, { comparison }: Copied): boolean {
  if (verdict === 'good') return true;
  if (verdict === 'bad' || refused === 0 || comparison === undefined || 'error' in comparison) return false;
  return !comparison.differences.some(({ what }) => /^(rows|documents|checksum) of /.test(what));
}

type Restored = Pick<Observation, 'ended' | 'refusals'>;

async function restore(
  { kind }: DumpFile,
  stored: StoredFile,
  scratch: Scratch,
  { signal }: ProofContext,
): Promise<Restored> {
  try {
    return { refusals: await scratch.restore(kind, () => stored.open()) };
  } catch (error) {
    signal.throwIfAborted();
    return { refusals: [], ended: { error } };
  }
}

interface Copied extends Pick<Observation, 'comparison' | 'unread'> {
  readonly copy?: DescribedFingerprint;
  readonly notes: readonly string[];
}

const nothingCompared: Copied = { unread: [], notes: [] };

async function compareCopy(
  { source, anonymised, columns }: ProofRequest,
  scratch: Scratch,
  { engine }: ProofPorts,
  { signal }: ProofContext,
): Promise<Copied> {
  try {
    const copy = await scratch.fingerprint(source, columns === true || anonymised?.changed !== undefined);
    const comparison = engine.compare(source, copy, anonymised);
    return { copy, comparison, unread: comparison.unread ?? [], notes: comparison.notes ?? [] };
  } catch (error) {
    signal.throwIfAborted();
    // The file was restored; that its copy cannot be read says nothing of it, or of the other files.
    return { ...nothingCompared, comparison: { error } };
  }
}
