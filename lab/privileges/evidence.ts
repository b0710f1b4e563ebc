/**
 * What shows that the policies of infra/holdfast.yml grant nothing that nobody uses: the questions that the scenario suites'
 * runs have asked. Each suite shows at its end that its own runs still ask them (`unneededIn`, `lostFrom`), so the file
 * evidence.json cannot drift away from the actions.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { neededBy, type Piece } from '../services/aws/auth/pieces.ts';
import type { Policy } from '../services/aws/auth/policy.ts';
import type { Asked } from '../services/aws/endpoint/asked.ts';

const path = fileURLToPath(new URL('evidence.json', import.meta.url));

type Evidence = Readonly<Record<string, readonly Asked[]>>;
type PoliciesOf = (by: string) => readonly Policy[];

/** Suite by suite, the questions that show that pieces of the policies are needed. */
export function evidence(): Evidence {
  return JSON.parse(readFileSync(path, 'utf8')) as Evidence;
}

/** The grants among these pieces that no question needs. */
export function unneeded(pieces: readonly Piece[], policiesOf: PoliciesOf, asked: readonly Asked[]): string[] {
  const needed = new Set(
    [...new Set(asked.map(({ by }) => by))].flatMap((by) => [...neededBy(policiesOf(by), allowedTo(by, asked))]),
  );
  return pieces.flatMap(({ name, kind }) => (kind === 'grant' && !needed.has(name) ? [name] : []));
}

/** The pieces that a suite's evidence needs, and its runs no longer do. */
export function lost(suite: string, policiesOf: PoliciesOf, asked: readonly Asked[]): string[] {
  const before = evidence()[suite] ?? [];
  return [...new Set(before.map(({ by }) => by))].flatMap((role) => {
    const policies = policiesOf(role);
    const now = neededBy(policies, allowedTo(role, asked));
    return [...neededBy(policies, allowedTo(role, before))].filter((name) => !now.has(name));
  });
}

/** Writes what a suite has shown, as few questions as possible, when `HOLDFAST_RECORD_EVIDENCE` is set. */
export function record(suite: string, policiesOf: PoliciesOf, asked: readonly Asked[]): void {
  if (!process.env.HOLDFAST_RECORD_EVIDENCE) return;
  const all = { ...evidence(), [suite]: witnesses(policiesOf, asked) };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify(sorted, null, 2)}\n`);
}

/** Each question that shows something new; the frequent ones first, since they are asked again most surely. */
function witnesses(policiesOf: PoliciesOf, asked: readonly Asked[]): Asked[] {
  const kept = [...new Set(asked.map(({ by }) => by))].sort().flatMap((role) => {
    const policies = policiesOf(role);
    const shown = new Set<string>();
    return allowedTo(role, asked).filter((question) => {
      const before = shown.size;
      for (const name of neededBy(policies, [question])) shown.add(name);
      return shown.size > before;
    });
  });
  const text = (one: Asked): string => `${one.by} ${one.action} ${one.resource}`;
  return kept.sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

function allowedTo(role: string, asked: readonly Asked[]): Asked[] {
  return asked.filter(({ by, allowed }) => allowed && by === role);
}
