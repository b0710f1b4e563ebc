/** Whether the policies of the caller's role allow what a service is about to do. */
import { decide } from '../auth/iam.ts';
import type { Policy } from '../auth/policy.ts';
import type { Stack } from '../cloudformation/stack.ts';
import { type Authorization, type CallContext, type Identity, LabAwsError } from '../protocol/service.ts';
import type { Caller } from './authentication.ts';

export interface PolicyOptions {
  readonly stack: Stack;
  readonly without?: readonly string[];
  /** Receives every statement that alone has allowed something. */
  readonly neededStatements: Set<string>;
}

/** @param allowedBy receives the statements that have allowed the call */
export function authorizer(caller: Caller, options: PolicyOptions, allowedBy: Set<string>): CallContext {
  const { identity, scope } = caller;
  return {
    authorize: (question) => {
      // The administrator may do anything.
      if (identity.role === undefined) return;
      const policies = policiesOf(identity.role, options);
      for (const resource of question.resources) {
        const decision = decide(policies, { action: question.action, resource, keys: question.conditions ?? {} });
        if (!decision.allowed) throw refusal(scope.service, identity, question, resource);
        for (const statement of decision.statements) allowedBy.add(statement);
        const [only] = decision.statements;
        if (only !== undefined && decision.statements.length === 1) options.neededStatements.add(only);
      }
    },
  };
}

function policiesOf(role: string, { stack, without = [] }: PolicyOptions): Policy[] {
  const policies = stack.roles.find((one) => one.name === role)?.policies ?? [];
  return policies.map(({ name, statements }) => ({
    name,
    statements: statements.filter((statement) => !without.includes(`${name}/${statement.Sid}`)),
  }));
}

/** The refusal as the service words it. */
function refusal(service: string, { arn }: Identity, { action }: Authorization, resource: string): LabAwsError {
  const text = `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  switch (service) {
    case 'ec2':
      return new LabAwsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${text}`, 403);
    case 's3':
      return new LabAwsError('AccessDenied', text, 403);
    default:
      return new LabAwsError('AccessDeniedException', text, 400);
  }
}
