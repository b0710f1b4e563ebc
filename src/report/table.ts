/** Markdown tables with at most so many rows, the rest counted. Cells are Markdown already: escape before. */

/**
 * @param more says what was left out: "12 more checks, all passed"
 * @returns the table, or an empty string when there are no rows
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  limit: number = rows.length,
  more: (left: readonly (readonly string[])[]) => string = (left) => `${left.length} more rows are left out here`,
): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string =>
    `| ${headings.map((_, index) => cells[index] || ' ').join(' | ')} |`;
  const shown = rows.slice(0, limit);
  const left = rows.slice(limit);
  const lines = [line(headings), `|${headings.map(() => ' --- ').join('|')}|`, ...shown.map(line)];
  if (left.length > 0) lines.push('', `_… ${more(left)}._`);
  return lines.join('\n');
}
