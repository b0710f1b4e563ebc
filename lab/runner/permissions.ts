/** `permissions:` of workflows and jobs (docs.github.com, "Workflow syntax", permissions). */
import type { Permission, Permissions } from '../services/github/state.ts';
import type { YamlNode } from './yaml-tree.ts';

const scopes = [
  'actions',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'id-token',
  'issues',
].concat(['models', 'packages', 'pages', 'pull-requests', 'repository-projects', 'security-events', 'statuses']);

/** What a job may do when neither it nor its workflow says anything: GitHub's restricted default. */
export const defaultPermissions: Permissions = { contents: 'read', packages: 'read' };

/** What is stated; undefined when nothing is. Whatever a statement leaves out is `none`. */
export function readPermissions(node: YamlNode): Permissions | undefined {
  const value = node.value();
  if (value === undefined) return undefined;
  if (value === 'read-all' || value === 'write-all') {
    const access: Permission = value === 'read-all' ? 'read' : 'write';
    // `read-all` gives no id-token: that scope knows only write and none.
    return Object.fromEntries(
      scopes.map((scope) => [scope, scope === 'id-token' && access === 'read' ? 'none' : access]),
    );
  }
  if (value === null) return {};
  if (typeof value !== 'object') {
    node.refuse('permissions are a mapping, read-all or write-all');
    return {};
  }
  return value as Permissions;
}

/** A called workflow may ask for no more than its caller has: what it asks for beyond that. */
export function beyond(asked: Permissions, held: Permissions): string[] {
  const rank = (permission: Permission | undefined): number => ['none', 'read', 'write'].indexOf(permission ?? 'none');
  return Object.entries(asked)
    .filter(([scope, permission]) => rank(permission) > rank(held[scope]))
    .map(([scope, permission]) => `${scope}: ${permission}`);
}
