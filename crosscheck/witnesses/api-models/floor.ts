/**
 * The least that the exchanges must hold. How many there are depends on the suites, and on whether all were run or a few; but each operation
 * that the adapters and the deployment send must be among them, with an answer that is no error.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exchange } from '../../../lab/services/http/exchanges.ts';
import { root } from '../../../scripts/lib/actions.ts';

/** The operations of AWS that the adapters and the deployment send: those of the SDK's clients, and those that are written by hand. */
export function sentOperations(): readonly string[] {
  const texts = globSync(['src/adapters/aws/**/*.ts', 'scripts/deploy/**/*.ts'], { cwd: root }).map((path) =>
    readFileSync(join(root, path), 'utf8'),
  );
  const names = texts.flatMap((text) => [...text.matchAll(/\bnew ([A-Z]\w+)Command\(|\bAction: '(\w+)'/g)]);
  return [...new Set(names.map(([, ofClient, byHand]) => ofClient ?? byHand ?? ''))].sort();
}

/** Of `wanted`, the operations that no exchange has that was answered, and not refused. */
export function unheard(wanted: readonly string[], exchanges: readonly Exchange[]): readonly string[] {
  const heard = new Set(
    exchanges.flatMap(({ operation, answer }) => (answer !== undefined && answer.status < 300 ? operation : [])),
  );
  return wanted.filter((name) => !heard.has(name));
}
