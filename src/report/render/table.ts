/** Markdown tables with at most so many rows, the rest counted. Cells are Markdown already: escape before. */

export interface TableOptions<T> {
  readonly headings: readonly string[];
  readonly items: readonly T[];
  readonly row: (item: T) => readonly string[];
  /** How many rows are shown; default all. */
  readonly limit?: number;
  /** Says what was left out: "12 more checks not shown". */
  readonly more?: (left: readonly T[]) => string;
}

/** The table, or an empty string when there are no items. Only rows that are shown are rendered. */
export function table<T>(options: TableOptions<T>): string {
  const { headings, items, row, limit = items.length, more = (left) => `${left.length} more not shown` } = options;
  if (items.length === 0) return '';
  const line = (cells: readonly string[]): string =>
    `| ${headings.map((_, index) => cells[index] || ' ').join(' | ')} |`;
  const shown = items.slice(0, limit).map((item) => line(row(item)));
  const lines = [line(headings), `|${headings.map(() => ' --- ').join('|')}|`, ...shown];
  const left = items.slice(limit);
  if (left.length > 0) lines.push('', `_… ${more(left)}._`);
  return lines.join('\n');
}
