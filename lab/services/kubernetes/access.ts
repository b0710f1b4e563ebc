/** Who may do what: bearer tokens and RBAC (Kubernetes documentation, "Using RBAC Authorization"). */
import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, json } from '../http/answer.ts';
import type { Account, Rule } from './model.ts';

export interface Attempt {
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `pods/exec`. */
  readonly resource: string;
  readonly namespace: string;
  /** Empty for lists. */
  readonly name: string;
}

export function accountOf(headers: IncomingHttpHeaders, accounts: readonly Account[]): Account | undefined {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  return accounts.find((account) => account.token === token);
}

export function isAllowed({ rules }: Account, attempt: Attempt): boolean {
  return (rules[attempt.namespace] ?? []).some((rule) => allows(rule, attempt));
}

function allows({ apiGroups, resources, verbs, resourceNames }: Rule, attempt: Attempt): boolean {
  const has = (list: readonly string[], one: string): boolean => list.includes(one) || list.includes('*');
  return (
    has(verbs, attempt.verb) &&
    has(apiGroups, attempt.group) &&
    has(resources, attempt.resource) &&
    // A list has no name, so a rule with names never allows one.
    (resourceNames === undefined || resourceNames.includes(attempt.name))
  );
}

/** An error as the API server answers it (meta/v1 Status). */
export function status(code: number, reason: string, message: string): Answer {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  return json(code, body);
}

export const unauthorized = (): Answer => status(401, 'Unauthorized', 'Unauthorized');

export function forbidden({ name: user }: Account, { verb, group, resource, namespace, name }: Attempt): Answer {
  const [kind = ''] = resource.split('/');
  const subject = name === '' ? (group === '' ? kind : `${kind}.${group}`) : `${kind} "${name}"`;
  const denied = `User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" in the namespace "${namespace}"`;
  return status(403, 'Forbidden', `${subject} is forbidden: ${denied}`);
}
