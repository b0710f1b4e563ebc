/** What a judge found: how much is as the model says, and what is not. */
export interface Finding {
  /** Where: members by name, items as `[]`. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

export class Findings {
  right = 0;
  readonly wrong: Finding[] = [];

  /** One thing that the model says, and whether it is so. */
  check(holds: boolean, path: string, expected: string, found: unknown): undefined {
    if (holds) this.right += 1;
    else
      this.wrong.push({
        path,
        expected,
        found: typeof found === 'string' ? found : (JSON.stringify(found) ?? 'nothing'),
      });
  }
}
