/** What a suite's runs have shown about the policies of the roles that they have used. */
import type { Lab } from '../../lab/lab.ts';
import { lost, record, unneeded } from '../../lab/privileges/evidence.ts';
import { disagreements } from '../../lab/privileges/independent.ts';

/**
 * @param suite its name in lab/privileges/evidence.json
 * @returns the grants of the roles that no run needed, those that the suite's evidence says it needs, and the questions that
 *   an independent evaluator answers differently, or that AWS would not ask
 */
export async function privileges(lab: Pick<Lab, 'aws'>, suite: string, roles: readonly string[]) {
  const { policiesOf } = lab.aws;
  const asked = lab.aws.asked.all();
  record(suite, policiesOf, asked);
  return {
    unneeded: unneeded(roles, policiesOf, asked),
    lost: lost(suite, policiesOf, asked),
    judgedDifferently: await disagreements(
      policiesOf,
      asked.filter(({ by }) => roles.includes(by)),
    ),
  };
}

export const nothing = { unneeded: [], lost: [], judgedDifferently: [] };
