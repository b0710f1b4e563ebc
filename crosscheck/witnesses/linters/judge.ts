/** What a linter says of a file, as points that stay the same when lines above are added. */
import type { Points } from '../../points.ts';
import type { Linted } from './files.ts';

/** A file without a finding is a point; each finding is a difference between the line of the file and what is said of it. */
export function judge(points: Points, linter: string, { name, text }: Linted, found: string): void {
  const lines = found.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) points.agree();
  for (const line of lines) {
    const at = Number(/(?:line=|:)(\d+)/.exec(line)?.[1]);
    const finding = line.replaceAll(/(?<=line=|:)\d+(?=[:, ])/g, 'N').replace(/^.*?:N:N: /, '');
    points.differ(`${linter}: ${name}: ${finding}`, text.split('\n')[at - 1]?.trim(), 'a finding');
  }
}
