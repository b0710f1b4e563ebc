/** How much of everything is shown: rows of a table, characters of a cell and of an output, steps of the chart. */
export interface Detail {
  readonly rows: number;
  readonly cell: number;
  readonly output: number;
  readonly steps: number;
}
