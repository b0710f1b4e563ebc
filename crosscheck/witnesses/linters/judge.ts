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
    points.differ(`${linter}: ${name}: ${finding}`, meant(linter, text.split('\n'), at, line), 'a finding');
  }
}

/** The line that is meant: of a script that a step runs, the script's own; of an instruction on several lines, all of them in one. */
function meant(linter: string, lines: readonly string[], at: number, found: string): string | undefined {
  const first = lines[at - 1]?.trim();
  const inner = /\bSC\d+:\w+:(\d+):/.exec(found)?.[1];
  if (inner !== undefined && first !== undefined && /\brun: [|>]/.test(first))
    return lines[at - 1 + Number(inner)]?.trim();
  if (linter !== 'hadolint') return first;
  const rest = lines.slice(at - 1);
  const last = rest.findIndex((one) => !one.endsWith('\\'));
  return rest
    .slice(0, last + 1)
    .map((one) => one.replace(/\\$/, '').trim())
    .join(' ');
}
