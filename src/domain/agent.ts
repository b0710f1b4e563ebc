/** Versions of the SSM agent. */

/** The first version that exports parameters of the interpolation type ENV_VAR (amazon-ssm-agent, release notes). */
export const leastAgentVersion = '3.3.2746.0';

/** Compares versions number by number: 3.10 is newer than 3.9. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)));
  for (const [index, least] of (right ?? []).entries()) {
    const number = left?.[index] ?? 0;
    // What is no number cannot be judged.
    if (Number.isNaN(number)) return false;
    if (number !== least) return number < least;
  }
  return false;
}
