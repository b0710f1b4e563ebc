/** The size of the proof, for SECURITY.md. */
import { evidence } from './evidence.ts';
import { pieces, policies, principals } from './installation.ts';
import { refused } from './refused/refused.ts';

export function privilegeNumbers(): string {
  const count = (of: string, kind: 'grant' | 'limit'): number =>
    pieces.filter((one) => one.of === of && one.kind === kind).length;
  const statements = policies.flatMap((policy) => policy.statements).length;
  const asked = Object.values(evidence()).flat().length;
  const rows = [
    ['policies, of roles, trust, buckets and for people', policies.length, `of ${principals.length} principals`],
    [
      'statements',
      statements,
      'each taken away: a call of a scenario is refused, or one that must be refused is allowed',
    ],
    ['actions', count('action', 'grant') + count('action', 'limit'), 'the same'],
    ['resources of lists', count('resource', 'grant'), 'each taken away: a call of a scenario is refused'],
    ['values of conditions', count('condition', 'grant'), 'the same'],
    ['conditions', count('condition', 'limit'), 'each taken away: a request that must be refused is allowed'],
    ['statements that name resources', count('resource', 'limit'), 'the same, with `*` in their place'],
    ['requests that must be refused', refused.length, 'refused by both evaluators'],
    ['questions of scenarios', asked, 'as few as show all of this; allowed by both evaluators'],
  ];
  return [
    '| what | number | what a test shows |',
    '| --- | --- | --- |',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}
