/** Where a command of the lab writes: standard output, with colours and the width of the terminal. */
import { paint as painter, showsColours } from './terminal/paint.ts';

export const paint = painter(showsColours(process.stdout));
/** Columns to print in. */
export const width = Math.max(60, Math.min(140, process.stdout.columns ?? 100));

let silent = false;

export function print(text: string): void {
  if (!silent) process.stdout.write(`${text}\n`);
}

/** Prints nothing from now on: the lab is stopping, and what the run still writes is of no use. */
export function silence(): void {
  silent = true;
}
