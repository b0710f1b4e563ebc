/** Collects what the parts of a rotation decided and did, so that a run that fails half-way reports the half. */
import type { CostEstimate, RotationPart, RotationReport } from '../../domain/rotation.ts';
import type { PlanLine } from '../../rotation/execute/rows.ts';
import type { Problem } from '../../rotation/plan/configuration.ts';
import { BackupError, ConfigurationError, explain } from '../../runtime/errors.ts';

type Rows = Omit<
  RotationReport,
  'region' | 'slot' | 'today' | 'ran' | 'failed' | 'problems' | 'failures' | 'cost' | 'comparison'
>;

export class Ledger {
  readonly #region: string;
  readonly #slot: string;
  readonly #today: string;
  readonly #ran: RotationPart[] = [];
  readonly #failed = new Set<RotationPart>();
  readonly #problems = new Map<string, Problem>();
  readonly #failures: { resource: string; what: string; error: unknown }[] = [];
  readonly lines: PlanLine[] = [];
  #rows: Rows = { created: [], skipped: [], copied: [], waiting: [], retagged: 0, expired: [], kept: [] };
  cost: CostEstimate | undefined;
  comparison: RotationReport['comparison'];

  constructor(region: string, slot: string, today: string) {
    this.#region = region;
    this.#slot = slot;
    this.#today = today;
  }

  begin(part: RotationPart): void {
    this.#ran.push(part);
  }

  add(rows: Partial<Rows>): void {
    this.#rows = { ...this.#rows, ...rows };
  }

  /** The same mistake may be met by several parts, and is told once. */
  problem(part: RotationPart, problem: Problem): void {
    this.#problems.set(`${problem.resource} ${problem.what}`, problem);
    this.#failed.add(part);
  }

  failure(part: RotationPart, resource: string, error: unknown): void {
    const { what, fix } = explain(error);
    const words = fix === undefined ? what : `${what}; ${fix}`;
    this.#failed.add(part);
    // Met again by the next round of copies.
    if (this.#failures.some((one) => one.resource === resource && one.what === words)) return;
    this.#failures.push({ resource, what: words, error });
  }

  get changed(): boolean {
    const { created, copied, expired, retagged } = this.#rows;
    return created.length + copied.length + expired.length + retagged > 0;
  }

  report(): RotationReport {
    return {
      region: this.#region,
      slot: this.#slot,
      today: this.#today,
      ran: this.#ran,
      failed: [...this.#failed],
      ...this.#rows,
      problems: [...this.#problems.values()],
      failures: this.#failures.map(({ resource, what }) => ({ resource, what })),
      cost: this.cost,
      comparison: this.comparison,
    };
  }

  /** The run's own end: nothing, or one error that names everything that went wrong. */
  settle(): void {
    const problems = [...this.#problems.values()].map((one) => `${one.resource}: ${one.what}`);
    const [first] = this.#failures;
    if (first === undefined) {
      if (problems.length === 0) return;
      throw new ConfigurationError({
        what: `${problems.length === 1 ? 'one tag' : `${problems.length} tags`} cannot be followed; everything else was done`,
        problems,
        fix: 'correct the tags; the next run takes them up',
      });
    }
    const cause = explain(first.error);
    throw new BackupError({
      what:
        this.#failures.length === 1
          ? `${first.resource}: ${cause.what}`
          : `${this.#failures.length} things failed; the first: ${first.resource}: ${cause.what}`,
      likelyCause: cause.likelyCause,
      fix: cause.fix ?? 'run again: it goes on where this run stopped',
      code: cause.code,
      detail: [...this.#failures.map((one) => `${one.resource}: ${one.what}`), ...problems].slice(0, 50).join('\n'),
    });
  }
}
