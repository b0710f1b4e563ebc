/** Requests of AWS's query protocols, which EC2 and STS speak. */
import type { Parameters } from './service.ts';

/** Nests flattened parameters: `Filter.1.Value.2=x` becomes objects and lists. Drops the `member` levels of STS's lists. */
export function parseQuery(body: string): Parameters {
  const root: Record<string, unknown> = {};
  for (const [path, value] of new URLSearchParams(body)) {
    if (path === 'Action' || path === 'Version') continue;
    const keys = path.split('.').filter((key) => key !== 'member');
    let at: Record<string, unknown> = root;
    keys.forEach((key, index) => {
      if (index === keys.length - 1) at[key] = value;
      else {
        at[key] ??= {};
        at = at[key] as Record<string, unknown>;
      }
    });
  }
  return lists(root) as Parameters;
}

/** Turns objects whose keys are all numbers into lists. */
function lists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, one]) => lists(one));
  }
  return Object.fromEntries(entries.map(([key, one]) => [key, lists(one)]));
}
