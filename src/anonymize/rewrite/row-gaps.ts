/** Takes rows out of an INSERT statement, with the commas between them. */
import type { Patches } from '../bytes/patches.ts';

const nothing = Buffer.alloc(0);
const betweenRows = Buffer.from(',\n\t');

export class RowGaps {
  readonly #patches: Patches;
  /** Start of the rows to take out: the first row, or the end of the last row that stays. -1 when there are none. */
  #gap = -1;
  /** End of the last row, and of the last row that stays; -1 before the first. */
  #end = -1;
  #keptEnd = -1;

  constructor(patches: Patches) {
    this.#patches = patches;
  }

  /** Call it before the row's own patches are added. */
  keep(start: number, end: number): void {
    if (this.#gap >= 0) this.#patches.add(this.#gap, start, this.#keptEnd < 0 ? nothing : betweenRows);
    this.#gap = -1;
    this.#keptEnd = end;
    this.#end = end;
  }

  leaveOut(start: number, end: number): void {
    if (this.#gap < 0) this.#gap = this.#keptEnd < 0 ? start : this.#keptEnd;
    this.#end = end;
  }

  /** Takes out the last rows. @returns whether any row stays */
  close(): boolean {
    if (this.#keptEnd >= 0 && this.#gap >= 0) this.#patches.add(this.#gap, this.#end, nothing);
    return this.#keptEnd >= 0;
  }
}
