/** Each statement against the reference: its actions, resources and condition keys exist, and apply together. */
import { isKey } from '../../../lab/privileges/condition-keys.ts';
import type { Statement } from '../../../lab/services/aws/auth/policy.ts';
import type { Points } from '../../points.ts';
import type { Document } from './documents.ts';
import { type Action, globalKeyType, names, type Reference, type ResourceType } from './reference.ts';

/** An element that may be one text or a list. */
export const list = (value: string | readonly string[] | undefined): readonly string[] => [value ?? []].flat();

/** How the lab writes a trust policy's principal. */
const isPrincipal = (key: string): boolean => key.startsWith('Principal.');

export async function judgeDocument(points: Points, reference: Reference, document: Document): Promise<void> {
  for (const [index, statement] of document.statements.entries()) {
    const label = `${reference.name}: ${document.name}/${statement.Sid ?? index}`;
    for (const pattern of list(statement.Action)) {
      for (const action of await meant(reference, pattern)) {
        const [service = '', name = ''] = action.split(':');
        const known = await reference.action(service, name);
        points.compare(`${label}: ${action} exists`, true, known !== undefined);
        if (known) await judge(points, `${label}: ${action}`, reference, document, statement, known, pattern);
      }
    }
  }
}

/** The actions that a name with wildcards means: those that can be limited to one of the statement's resources. */
export async function meant(reference: Reference, pattern: string): Promise<string[]> {
  if (!pattern.includes('*')) return [pattern];
  const [service = '', name = ''] = pattern.split(':');
  const wanted = new RegExp(`^${name.replaceAll('*', '.*')}$`, 'i');
  return (await reference.actions(service)).filter((one) => wanted.test(one)).map((one) => `${service}:${one}`);
}

async function judge(
  points: Points,
  label: string,
  reference: Reference,
  document: Document,
  statement: Statement,
  action: Action,
  pattern: string,
): Promise<void> {
  const own = document.of === 'trust' || document.of === 'key';
  const types: ResourceType[] = own ? [...action.types] : [];
  for (const resource of own ? [] : list(statement.Resource)) {
    const named = action.types.filter((type) => names(resource, type));
    types.push(...named);
    // `*` is right only for an action that cannot be limited.
    if (resource === '*')
      points.compare(
        `${label} on *: cannot be limited`,
        [],
        action.types.map(({ name }) => name),
      );
    else if (!pattern.includes('*')) points.compare(`${label} on ${resource}: is of a type`, true, named.length > 0);
  }
  // Of `s3:*`, most actions are about other resources than the statement's.
  if (pattern.includes('*') && types.length === 0) return;
  const service = pattern.split(':')[0] ?? '';
  for (const [operator, keys] of Object.entries(statement.Condition ?? {}))
    for (const [key, wanted] of Object.entries(keys)) {
      if (isPrincipal(key)) continue;
      const point = `${label}: ${key}`;
      for (const type of types.length > 0 ? types : [undefined])
        points.compare(`${point}${type ? ` on ${type.name}` : ''} is given`, true, isGiven(action, type, key));
      const type = (await reference.keyType(service, key)) ?? globalKeyType(key);
      points.compare(`${point}: ${operator} fits ${type}`, true, type !== undefined && fits(operator, type, wanted));
    }
}

/** Global keys that only some actions give, although every policy may name them. */
const ofTags = /^aws:(RequestTag\/|ResourceTag\/|TagKeys$)/i;

function isGiven(action: Action, type: ResourceType | undefined, key: string): boolean {
  if (!ofTags.test(key) && globalKeyType(key) !== undefined) return true;
  return [...action.keys, ...(type?.keys ?? [])].some((one) => isKey(one, key));
}

const operators: Readonly<Record<string, RegExp>> = {
  String: /^String(Not)?(Equals|EqualsIgnoreCase|Like)$/,
  ARN: /^(Arn(Not)?(Equals|Like)|String(Not)?(Equals|Like))$/,
  Bool: /^Bool$/,
  Numeric: /^Numeric/,
  Date: /^Date/,
  IPAddress: /^(Not)?IpAddress$/,
};

/** Whether an operator may be used with keys of a type, and the values be of it (IAM user guide, "IAM JSON policy elements: Condition operators"). */
function fits(operator: string, type: string, wanted: string | readonly string[]): boolean {
  const [, set, base = ''] = /^(ForAllValues:|ForAnyValue:)?(\w+?)(?:IfExists)?$/.exec(operator) ?? [];
  const values = list(wanted).map(String);
  if (base === 'Null') return set === undefined && values.every((one) => /^(true|false)$/.test(one));
  const [, many, single = ''] = /^(ArrayOf)?(\w+)$/.exec(type) ?? [];
  // "Multivalued context keys require a condition set operator", and single-valued ones must have none.
  if ((many === undefined) !== (set === undefined)) return false;
  const kind = Object.keys(operators).find((one) => one.toLowerCase() === single.toLowerCase()) ?? '';
  const right = operators[kind]?.test(base) === true;
  if (kind === 'Bool') return right && values.every((one) => /^(true|false)$/.test(one));
  return kind === 'Numeric' ? right && values.every((one) => /^\d+$/.test(one)) : right;
}
