/** What a computer lacks, and whether what it has is new enough. */

/** A program that cannot be installed on this computer; the message is one line that says why, and what to do. */
export class ToolMissing extends Error {
  override readonly name = 'ToolMissing';
}

/** Whether `version`, such as 3.12, is at least `least`. */
export function atLeast(version: string, least: readonly [number, number]): boolean {
  const [major = Number.NaN, minor = Number.NaN] = version.split('.').map(Number);
  return major > least[0] || (major === least[0] && minor >= least[1]);
}
