/** What the generated pages of mutants share. */
import { isRight, type Kind, type Outcome } from './changes.ts';

type Outcomes<K extends Kind> = readonly Outcome<{ readonly kind: K; readonly what: string }>[];

/** The kinds of a page, in its order, each with what it is, for people. */
export type Meanings = Partial<Readonly<Record<Kind, string>>>;

/** @returns a table: how many changes of each kind, and how many were noticed */
export function countsByKind(outcomes: Outcomes<Kind>, meanings: Meanings): string {
  const rows = Object.entries(meanings).map(([kind, meaning]) => {
    const those = outcomes.filter(({ change }) => change.kind === kind);
    const noticed = those.filter((one) => one.noticed !== undefined);
    return [kind, meaning, ...[those, noticed, those.filter(isRight)].map((some) => String(some.length))];
  });
  return aligned([['kind', 'what it is', 'changes', 'noticed', 'right'], ...rows]);
}

/** A table of Markdown whose columns are as wide as their longest cell. */
function aligned([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((cells) => cells[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** What a user could miss, and the proof overlooks. */
export function survivors(outcomes: Outcomes<Kind>): string {
  const wrong = outcomes.filter((one) => !isRight(one));
  if (wrong.length === 0)
    return 'Of these, no change that a user could miss is overlooked, and no faithful copy is called bad.';
  return `Wrong:\n\n${wrong.map(({ change }) => `- ${change.kind}: ${change.what}`).join('\n')}`;
}

/** A heading, and the names of the changes of a kind. */
export function section(kind: Kind, changes: readonly { readonly kind: Kind; readonly what: string }[]): string {
  const lines = changes
    .filter((change) => change.kind === kind)
    .map(({ what }) => `- ${what.replace(/([*_<])/g, '\\$1')}`);
  return `## ${kind[0]?.toUpperCase()}${kind.slice(1)}\n\n${lines.join('\n')}`;
}
