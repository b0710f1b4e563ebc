/** Whether what a principal is granted suffices by the reference: every required type of resource, and every dependent action. */
import { ownPoliciesOf, principals } from '../../../lab/privileges/installation.ts';
import type { Statement } from '../../../lab/services/aws/auth/policy.ts';
import type { Points } from '../../points.ts';
import { names, type Reference } from './reference.ts';
import { list } from './statements.ts';

export async function judgeGrants(points: Points, reference: Reference): Promise<void> {
  for (const principal of principals) {
    const statements = ownPoliciesOf(principal)
      .filter(({ name }) => !name.startsWith('trust of '))
      .flatMap((policy) => policy.statements);
    for (const action of new Set(statements.flatMap((one) => list(one.Action)))) {
      const [service = '', name = ''] = action.split(':');
      const known = await reference.action(service, name);
      if (!known) continue;
      const label = `${reference.name}: ${principal} ${action}`;
      const resources = resourcesOf(statements, action);
      for (const type of known.types.filter(({ required }) => required))
        points.compare(
          `${label}: has its ${type.name}`,
          true,
          resources.some((one) => one === '*' || names(one, type)),
        );
      for (const other of new Set(known.dependent))
        points.compare(`${label}: has ${other}`, true, resourcesOf(statements, other).length > 0);
    }
  }
}

function resourcesOf(statements: readonly Statement[], action: string): readonly string[] {
  return statements.filter((one) => list(one.Action).includes(action)).flatMap((one) => list(one.Resource));
}
