/** What deploy may do with a stack, by its state. Source: CloudFormation user guide, "Stack status codes". */

export type NextStep =
  | { readonly step: 'create' }
  | { readonly step: 'update' }
  /** `asked`: somebody must say yes at a terminal, since data or roles may still be in use. */
  | { readonly step: 'delete'; readonly asked: boolean; readonly why: string }
  | { readonly step: 'refuse'; readonly why: string };

/** @param status undefined without a stack @param name of the stack, for the commands */
export function nextStep(status: string | undefined, name: string): NextStep {
  // A stack under review holds nothing yet.
  if (status === undefined || status === 'REVIEW_IN_PROGRESS') return { step: 'create' };
  if (/^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$/.test(status)) return { step: 'update' };
  if (status.endsWith('_IN_PROGRESS'))
    return refusal(`the stack ${name} is being changed (${status}).`, 'Wait until that has ended, then run again.');
  switch (status) {
    case 'ROLLBACK_COMPLETE':
      return { step: 'delete', asked: false, why: `what a failed first deployment has left (${status})` };
    case 'ROLLBACK_FAILED':
      return { step: 'delete', asked: true, why: `a failed first deployment that could not be taken back (${status})` };
    case 'DELETE_FAILED':
      return { step: 'delete', asked: true, why: `what a deletion that failed has left (${status})` };
    case 'UPDATE_ROLLBACK_FAILED':
      return refusal(
        `the stack ${name} could not be rolled back (${status}).`,
        `Mend what its events name, then run: aws cloudformation continue-update-rollback --stack-name ${name}`,
      );
    case 'CREATE_FAILED':
    case 'UPDATE_FAILED':
      // API reference, RollbackStack: to the last stable state; without one it deletes the stack.
      return refusal(
        `the stack ${name} stopped half-way and keeps what it has made (${status}); nothing of it is deleted here.`,
        `${status === 'UPDATE_FAILED' ? 'Take it back to its last good state' : 'Take back what was made, which deletes the stack'}: aws cloudformation rollback-stack --stack-name ${name}\n  Then run again.`,
      );
    default:
      return refusal(
        `the stack ${name} is in the state ${status}, from which deploy knows no safe way; nothing of it is deleted here.`,
        `What happened to it: aws cloudformation describe-stack-events --stack-name ${name}\n  Mend that in the console of CloudFormation, then run again.`,
      );
  }
}

const refusal = (what: string, fix: string): NextStep => ({ step: 'refuse', why: `${what}\n  ${fix}` });
