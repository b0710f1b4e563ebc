/** Collects what the parts of a rotation planned and did, so that a run that fails half-way reports the half it did. */
import type { CostEstimate, RotationPart, RotationReport } from '../../domain/rotation.ts';
import { gravest } from '../../quiesce/hold.ts';
import type { Problem } from '../../rotation/plan/configuration.ts';
import type { PlanLine } from '../../rotation/report/plan-lines.ts';
import { BackupError, ConfigurationError, explain, explainInLine } from '../../runtime/errors.ts';
import type { Context } from './ports.ts';

type Heading = Pick<RotationReport, 'region' | 'slot' | 'today'>;
type Rows = Pick<RotationReport, 'created' | 'skipped' | 'copied' | 'waiting' | 'retagged' | 'expired' | 'kept'>;

export class RotationResults {
  readonly #heading: Heading;
  readonly #report: Context['report'];
  readonly #notes: string[];
  readonly #ran: RotationPart[] = [];
  readonly #failed = new Set<RotationPart>();
  readonly #problems = new Map<string, Problem>();
  readonly #failures: { resource: string; what: string; error: unknown }[] = [];
  readonly #plan: PlanLine[] = [];
  #rows: Rows = { created: [], skipped: [], copied: [], waiting: [], retagged: 0, expired: [], kept: [] };
  cost: CostEstimate | undefined;
  comparison: RotationReport['comparison'];

  /** @param notes what was worth a note before the rotation */
  constructor(heading: Heading, notes: readonly string[], report: Context['report']) {
    this.#heading = heading;
    this.#notes = [...notes];
    this.#report = report;
  }

  begin(part: RotationPart): void {
    this.#ran.push(part);
  }

  /** Replaces the rows of these kinds. */
  set(rows: Partial<Rows>): void {
    this.#rows = { ...this.#rows, ...rows };
  }

  /** Adds lines to the plan, and reports it before anything changes. */
  addPlan(lines: readonly PlanLine[]): void {
    for (const line of lines) this.#plan.push(line);
    this.#report({ plan: this.#plan });
  }

  note(text: string): void {
    this.#notes.push(text);
    this.#report({ notes: this.#notes });
  }

  /** Several parts may meet the same mistake; it is reported once. */
  problem(part: RotationPart, problem: Problem): void {
    this.#problems.set(`${problem.resource} ${problem.what}`, problem);
    this.#failed.add(part);
  }

  failure(part: RotationPart, resource: string, error: unknown): void {
    const words = explainInLine(error);
    this.#failed.add(part);
    // The next round of copies meets it again.
    if (this.#failures.some((one) => one.resource === resource && one.what === words)) return;
    this.#failures.push({ resource, what: words, error });
  }

  get changed(): boolean {
    const { created, copied, expired, retagged } = this.#rows;
    return created.length + copied.length + expired.length + retagged > 0;
  }

  /** Reports everything so far. */
  send(): void {
    const rotation: RotationReport = {
      ...this.#heading,
      ran: this.#ran,
      failed: [...this.#failed],
      ...this.#rows,
      problems: [...this.#problems.values()],
      failures: this.#failures.map(({ resource, what }) => ({ resource, what })),
      cost: this.cost,
      comparison: this.comparison,
    };
    this.#report({ rotation, plan: this.#plan });
  }

  /**
   * @param dryRun whether nothing was done
   * @throws BackupError, ConfigurationError: one error that names everything, with code and fix of the gravest failure
   */
  throwIfFailed(dryRun = false): void {
    const problems = [...this.#problems.values()].map((one) => `${one.resource}: ${one.what}`);
    const gravestFailure = gravest(this.#failures, (one) => one.error);
    if (gravestFailure === undefined) {
      if (problems.length === 0) return;
      throw new ConfigurationError({
        what: `${problems.length === 1 ? 'one tag is' : `${problems.length} tags are`} invalid; ${dryRun ? 'nothing was done, because this is a dry run' : 'everything else was done'}`,
        problems,
        fix: 'correct the tags; the next run follows them',
      });
    }
    const { what, likelyCause, fix, code } = explain(gravestFailure.error);
    const failures = this.#failures.map((one) => `${one.resource}: ${one.what}`);
    const which = gravestFailure === this.#failures[0] ? 'first' : 'gravest';
    const heading = failures.length === 1 ? '' : `${failures.length} things failed; the ${which}: `;
    throw new BackupError({
      what: `${heading}${gravestFailure.resource}: ${what}`,
      likelyCause,
      fix: fix ?? 'run again: the next run continues where this one stopped',
      code,
      detail: [...failures, ...problems].slice(0, 50).join('\n'),
    });
  }
}
