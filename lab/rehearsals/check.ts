/** A check: one thing that must hold after a run, and the line that says what was found. */

export interface Check {
  readonly holds: boolean;
  readonly text: string;
}

/** Collects checks. */
export class Checks {
  readonly all: Check[] = [];

  add(holds: boolean, text: string): void {
    this.all.push({ holds, text });
  }
}

/** The first three of a list after a colon, and how many more there are; nothing for an empty list. */
export function firstOf(list: readonly string[]): string {
  if (list.length === 0) return '';
  const more = list.length > 3 ? ` and ${list.length - 3} more` : '';
  return `: ${list.slice(0, 3).join(', ')}${more}`;
}
