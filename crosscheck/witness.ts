/** A witness: something that nobody here wrote, and that does or judges the same as Holdfast or its lab. */
import type { KnownDifference, Points } from './points.ts';

export interface Witness {
  /** The word for `npm run crosscheck -- NAME`. */
  readonly name: string;
  /** What is compared, in one sentence of the table. */
  readonly compares: string;
  /** Differences that stay, each with the source that says who is right. */
  readonly known: readonly KnownDifference[];
  /** Whether CI passes without it: no registry has what it needs, or nothing that fits this computer. */
  readonly optional?: boolean;
  /** `vary`: how many points there are is not its own matter, so that it looks itself whether it compares enough. */
  readonly counts?: 'vary';
  /**
   * Installs it into `.lab/cache`, once.
   * @returns what it is, with its version, such as `moto 5.2.5`; several are separated by commas
   * @throws ToolMissing when this computer cannot have it
   */
  install(): Promise<string>;
  /** Compares, and says every point to `points`. An error that it throws is a failure of the witness. */
  run(points: Points): Promise<void>;
}
