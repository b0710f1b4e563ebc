/** Proves the files: each is fetched from the bucket, restored into a scratch database, and compared with the source. */
import { createHash } from 'node:crypto';
import { canonicalRules } from '../../anonymize/rules/file/canonical-rules.ts';
import type { DumpFile, DumpFingerprint, ProofRow } from '../../domain/dump.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { compare } from '../../dump/engines/postgres/fingerprint.ts';
import { BackupError, explain } from '../../runtime/errors.ts';
import { observed } from '../../runtime/streams.ts';
import { progress } from './progress.ts';
import type { Deps, Wishes } from './wishes.ts';

/** Bad beats unproven, unproven beats good. */
export function verdictOf(proof: readonly ProofRow[], wanted: number): Verdict {
  if (proof.some((row) => row.verdict === 'bad')) return 'bad';
  return proof.length > 0 && proof.length === wanted && proof.every((row) => row.verdict === 'good')
    ? 'good'
    : 'unproven';
}

/** What becomes of the archive on its host: its own verdict decides, since another file may be bad where it is good. */
export function outcomeOfArchive(proof: readonly ProofRow[], verdict: Verdict): 'proven' | 'unproven' | 'discard' {
  const own = proof.find((row) => row.kind === 'archive')?.verdict ?? verdict;
  return own === 'good' ? 'proven' : own === 'bad' ? 'discard' : 'unproven';
}

/** What is wrong with the place where it is tried, and tells nothing of the file. */
const machinery = new Set([
  'unreachable',
  'disk-full',
  'no-memory',
  'killed',
  'tool-missing',
  'tool-unsafe',
  'extension-missing',
]);

/** Bad is said only of what the file holds: what the server refuses of it, or where it ends too early. */
function verdictOfError(error: unknown): Verdict {
  // zlib's own codes: the compressed bytes are damaged, or end too early.
  const damaged = (error as Error).name === 'DumpError' || /^Z_/.test((error as { code?: string }).code ?? '');
  if (damaged) return 'bad';
  return error instanceof BackupError && !machinery.has(error.code ?? '') ? 'bad' : 'unproven';
}

/** Findings that a report shows of one file. */
const shownFindings = 20;

export async function prove(wishes: Wishes, deps: Deps, file: DumpFile, source: DumpFingerprint): Promise<ProofRow> {
  return deps.timeline.step(`Prove the ${file.kind} file`, async (note) => {
    const began = deps.clock.now().getTime();
    const seconds = (): number => (deps.clock.now().getTime() - began) / 1000;
    const row = (
      verdict: Verdict,
      findings: readonly string[],
      { restoreSeconds = seconds(), compared = 0 } = {},
    ): ProofRow => {
      note(verdict);
      return { kind: file.kind, verdict, restoreSeconds, compared, findings: findings.slice(0, shownFindings) };
    };
    let scratch: Awaited<ReturnType<Deps['engine']['scratch']>>;
    try {
      scratch = await deps.engine.scratch(`${wishes.run.key}:${wishes.name}`, source);
    } catch (error) {
      deps.signal.throwIfAborted();
      return row('unproven', [explain(error).what, ...(explain(error).fix ? [`fix: ${explain(error).fix}`] : [])]);
    }
    try {
      const hash = createHash('sha256');
      try {
        const tell = progress(deps, `restoring the ${file.kind} file`);
        await scratch.restore(file.kind, observed(deps.objects.read(file), { hash, tell, signal: deps.signal }));
      } catch (error) {
        deps.signal.throwIfAborted();
        return row(verdictOfError(error), [
          explain(error).what,
          ...(explain(error).detail ?? '').split('\n').filter(Boolean).slice(-5),
        ]);
      }
      const restoreSeconds = seconds();
      const digest = hash.digest('hex');
      if (digest !== file.sha256)
        return row('bad', [`SHA-256 of what the bucket gave is ${digest}, written was ${file.sha256}`], {
          restoreSeconds,
        });
      let copy: DumpFingerprint;
      try {
        copy = await scratch.fingerprint();
      } catch (error) {
        deps.signal.throwIfAborted();
        // The file could be restored: that its copy cannot be read says nothing of the file, nor of the other files.
        return row('unproven', [explain(error).what], { restoreSeconds });
      }
      const changed =
        file.kind === 'anonymised'
          ? { values: 'all' as const, rows: leftOut(wishes) }
          : { values: 'none' as const, rows: new Set<string>() };
      const { compared, differences } = compare(source, copy, changed);
      const findings = differences.map((one) => `${one.what}: expected ${one.expected}, found ${one.found}`);
      const verdict = findings.length === 0 ? 'good' : 'bad';
      const found = row(verdict, findings, { restoreSeconds, compared });
      note(`${verdict}: restored in ${restoreSeconds.toFixed(1)} s, ${compared} figures compared`);
      return found;
    } finally {
      await scratch.drop().catch((error: unknown) => {
        deps.logger.warning(
          `a scratch database could not be dropped (${(error as Error).message}); the next run does it`,
        );
      });
    }
  });
}

/** Tables of which the rules leave rows out. */
function leftOut(wishes: Wishes): ReadonlySet<string> {
  const rules = [...canonicalRules(wishes.rules)].filter(([, rule]) => rule.rows !== undefined && rule.rows !== 'keep');
  return new Set(rules.map(([name]) => name));
}
