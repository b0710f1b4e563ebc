/** What a suite's runs have shown about the policies of the roles that they have used. */
import type { Lab } from '../../lab/lab.ts';
import { lost, record } from '../../lab/privileges/evidence.ts';
import { disagreements } from '../../lab/privileges/independent.ts';

/**
 * Together the suites show that everything is needed that the policies grant (test/unit/infra/privileges.test.ts).
 * @param suite its name in lab/privileges/evidence.json
 * @returns what the suite's part of the evidence says its runs need, and they did not, and the questions that an independent
 *   evaluator answers differently, or that AWS would not ask
 */
export async function privileges(lab: Pick<Lab, 'aws'>, suite: string) {
  const { policiesOf } = lab.aws;
  const asked = lab.aws.asked.all();
  record(suite, policiesOf, asked);
  return { lost: lost(suite, policiesOf, asked), judgedDifferently: await disagreements(policiesOf, asked) };
}

export const nothing = { lost: [], judgedDifferently: [] };
