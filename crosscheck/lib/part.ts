/** A part of a witness, asked for alone. */
import type { Points } from '../points.ts';

export const partVariable = 'HOLDFAST_CROSSCHECK_ONLY';

/** @returns whether the file of that name is asked for: all are, unless the variable names some, with a space between */
export function partOf(points: Points): (name: string) => boolean {
  const only = process.env[partVariable];
  if (only === undefined) return () => true;
  points.missed(`all but ${only}, which ${partVariable} names`);
  return (name) => only.split(' ').includes(name);
}
