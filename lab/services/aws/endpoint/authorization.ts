/** Whether the policies of the caller's role allow what a service is about to do. */
import { decide } from '../auth/iam.ts';
import { withoutPieces } from '../auth/pieces.ts';
import type { Policy } from '../auth/policy.ts';
import type { Principals } from '../cloudformation/stack.ts';
import { type Authorization, type CallContext, type Identity, LabAwsError } from '../protocol/service.ts';
import type { AskedQuestions } from './asked.ts';
import type { Caller } from './authentication.ts';

export interface PolicyOptions {
  readonly stack: Principals;
  /** Pieces of the policies that count as absent (auth/pieces.ts). */
  readonly without?: readonly string[];
  /** Receives every question that is asked for a role. */
  readonly asked: AskedQuestions;
}

/** @param allowedBy receives the statements that have allowed the call */
export function authorizer(caller: Caller, options: PolicyOptions, allowedBy: Set<string>): CallContext {
  const { identity, scope } = caller;
  return {
    authorize: (question) => {
      // The administrator may do anything.
      if (identity.role === undefined) return;
      const policies = withoutPieces(policiesOf(identity.role, options.stack), options.without ?? []);
      for (const resource of question.resources) {
        const { action, conditions: keys = {} } = question;
        const { allowed, statements } = decide(policies, { action, resource, keys });
        options.asked.add({ by: identity.role, action, resource, keys, allowed });
        if (!allowed) throw refusal(scope.service, identity, question, resource);
        for (const statement of statements) allowedBy.add(statement);
      }
    },
  };
}

/** The policies of a role, or of a user (`user/NAME`). */
export function policiesOf(name: string, { roles, users = [] }: Principals): readonly Policy[] {
  const user = /^user\/(.+)$/.exec(name)?.[1];
  const principal =
    user === undefined ? roles.find((one) => one.name === name) : users.find((one) => one.name === user);
  return principal?.policies ?? [];
}

/** The refusal as the service words it. */
function refusal(service: string, { arn }: Identity, { action }: Authorization, resource: string): LabAwsError {
  const text = `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  switch (service) {
    case 'ec2':
      return new LabAwsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${text}`, 403);
    case 's3':
      return new LabAwsError('AccessDenied', text, 403);
    case 'sns':
      return new LabAwsError('AuthorizationError', text, 403);
    default:
      return new LabAwsError('AccessDeniedException', text, 400);
  }
}
