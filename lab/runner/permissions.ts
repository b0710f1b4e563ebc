/** `permissions:` of workflows and jobs (docs.github.com, "Workflow syntax", permissions). */
import type { Permission, Permissions } from '../services/github/state.ts';
import type { Job } from './model.ts';
import type { WorkflowRun } from './workflow-run.ts';
import type { YamlNode } from './yaml-tree.ts';

const scopes = [
  ...['actions', 'attestations', 'checks', 'contents', 'deployments', 'discussions', 'id-token', 'issues'],
  ...['models', 'packages', 'pages', 'pull-requests', 'repository-projects', 'security-events', 'statuses'],
];

/** What a job may do when neither it nor its workflow states permissions: GitHub's restricted default. */
export const defaultPermissions: Permissions = { contents: 'read', packages: 'read' };

/** The permissions that are stated; undefined when none are. A scope that a statement leaves out is `none`. */
export function readPermissions(node: YamlNode): Permissions | undefined {
  const value = node.value();
  if (value === undefined) return undefined;
  if (value === 'read-all' || value === 'write-all') {
    const access: Permission = value === 'read-all' ? 'read' : 'write';
    // `read-all` gives no id-token: that scope is either write or none.
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

/** What is asked for beyond the permissions held, as `scope: permission`. */
export function beyond(asked: Permissions, held: Permissions): string[] {
  const rank = (permission: Permission | undefined): number => ['none', 'read', 'write'].indexOf(permission ?? 'none');
  return Object.entries(asked)
    .filter(([scope, permission]) => rank(permission) > rank(held[scope]))
    .map(([scope, permission]) => `${scope}: ${permission}`);
}

/** For a pull request from a fork: every write becomes a read, and there is no identity token. */
export function readOnly(permissions: Permissions): Permissions {
  return Object.fromEntries(
    Object.entries(permissions).map(([scope, permission]) => [
      scope,
      permission !== 'write' ? permission : scope === 'id-token' ? 'none' : 'read',
    ]),
  );
}

/** What the token of a job may do. @throws Error when a job of a called workflow asks for more than its caller has */
export function permissionsOf({ workflow, caller }: WorkflowRun, job: Job): Permissions {
  const stated = job.permissions ?? workflow.permissions;
  if (!caller) return stated ?? defaultPermissions;
  if (!stated) return caller.permissions;
  const excess = beyond(stated, caller.permissions);
  if (excess.length === 0) return stated;
  throw new Error(
    `${workflow.path}: job ${job.id} asks for ${excess.join(', ')}, which its caller ${caller.key} does not have`,
  );
}
