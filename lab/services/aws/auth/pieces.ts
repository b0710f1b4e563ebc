/**
 * Policies taken to pieces, so that tests can show that each piece is needed.
 *
 * A *grant* lets something through: an action, a resource of a list, a value of a condition's list. It is needed when a
 * question that must be allowed is refused without it. A *limit* holds something back: a condition, or that a statement
 * names resources at all. It is needed when a question that must be refused is allowed without it. In a Deny statement it
 * is the other way round.
 */
import { decide, type Question } from './iam.ts';
import type { Policy, Statement } from './policy.ts';

export interface Piece {
  /**
   * `policy/Sid`, `policy/Sid action`, `policy/Sid @ resource` (one of a list), `policy/Sid @ *` (that resources are named
   * at all), `policy/Sid ? operator key`, or `policy/Sid ? operator key = value` (one of a list).
   */
  readonly name: string;
  readonly kind: 'grant' | 'limit';
  readonly of: 'statement' | 'action' | 'resource' | 'condition';
}

type Change = (statement: Statement) => Statement | undefined;
type Changes = readonly (readonly [name: string, of: Piece['of'], narrows: boolean, change: Change])[];

/** A list as the template has it, or one entry. */
function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}

/** Every piece of the policies' statements. */
export function piecesOf(policies: readonly Policy[]): Piece[] {
  return policies.flatMap((policy) =>
    policy.statements.flatMap((statement) =>
      changesOf(statement).map(([name, of, narrows]) => ({
        name: `${policy.name}/${statement.Sid}${name}`,
        kind: narrows === (statement.Effect === 'Allow') ? 'grant' : 'limit',
        of,
      })),
    ),
  );
}

/** The policies as if these pieces were not in them. */
export function withoutPieces(policies: readonly Policy[], names: readonly string[]): Policy[] {
  if (names.length === 0) return [...policies];
  return policies.map((policy) => ({
    ...policy,
    statements: policy.statements.flatMap((statement) => {
      let left: Statement | undefined = statement;
      for (const [name, , , change] of changesOf(statement))
        if (left && names.includes(`${policy.name}/${statement.Sid}${name}`)) left = change(left);
      return left ? [left] : [];
    }),
  }));
}

/** The pieces of these policies that one of the questions needs: with them, it is decided otherwise than without. */
export function neededBy(policies: readonly Policy[], questions: readonly Question[]): Set<string> {
  const needed = new Set<string>();
  const open = new Map(piecesWithout(policies).map((one) => [one.name, one]));
  for (const question of questions) {
    const { allowed, statements } = decide(policies, question);
    for (const { name, of, denies, left } of open.values()) {
      // An allowed question hangs on the statements that allow it, and on those that could deny it.
      if (allowed && !denies && !statements.includes(of)) continue;
      if (decide(left, question).allowed === allowed) continue;
      needed.add(name);
      open.delete(name);
    }
  }
  return needed;
}

function piecesWithout(policies: readonly Policy[]) {
  return policies.flatMap((policy) =>
    policy.statements.flatMap((statement) => {
      const of = `${policy.name}/${statement.Sid}`;
      return changesOf(statement).map(([piece]) => ({
        name: `${of}${piece}`,
        of,
        denies: statement.Effect === 'Deny',
        left: withoutPieces(policies, [`${of}${piece}`]),
      }));
    }),
  );
}

function changesOf(statement: Statement): Changes {
  const actions = list(statement.Action);
  const resources = list(statement.Resource);
  return [
    ['', 'statement', true, () => undefined],
    ...actions.map(
      (one) => [` ${one}`, 'action', true, changed('Action', (all) => all.filter((other) => other !== one))] as const,
    ),
    ...(resources.length > 1 ? resources : []).map(
      (one) =>
        [` @ ${one}`, 'resource', true, changed('Resource', (all) => all.filter((other) => other !== one))] as const,
    ),
    // A resource's own policy can speak of that resource only.
    ...(resources.length > 0 && !resources.includes('*') && statement.Principal === undefined
      ? [[' @ *', 'resource', false, changed('Resource', () => ['*'])] as const]
      : []),
    ...conditionChanges(statement),
  ];
}

/** @returns undefined when nothing is left of the list, so that the statement applies to nothing */
function changed(what: 'Action' | 'Resource', change: (all: readonly string[]) => readonly string[]): Change {
  return (statement) => {
    const left = change(list(statement[what]));
    return left.length === 0 ? undefined : { ...statement, [what]: left };
  };
}

function conditionChanges({ Condition = {} }: Statement): Changes {
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, wanted]): Changes => {
      const set = (values: readonly string[] | undefined): Change => {
        return (statement) => {
          const { [key]: _before, ...others } = statement.Condition?.[operator] ?? {};
          const now = values === undefined ? others : { ...others, [key]: values };
          return { ...statement, Condition: { ...statement.Condition, [operator]: now } };
        };
      };
      const values = list(wanted);
      return [
        [` ? ${operator} ${key}`, 'condition', false, set(undefined)],
        ...(values.length > 1 ? values : []).map(
          (one) =>
            [
              ` ? ${operator} ${key} = ${one}`,
              'condition',
              true,
              set(values.filter((other) => other !== one)),
            ] as const,
        ),
      ];
    }),
  );
}
