/** An SSM document that does not exist in a region, in words: documents are regional, the roles of the stack are not. */
import { AwsError } from '../../runtime/errors.ts';

/** SSM's code (SSM API reference, SendCommand). */
export const missingDocument = 'InvalidDocument';

export function documentMissing(
  { DocumentName: name, instanceId }: { readonly DocumentName: string; readonly instanceId: string },
  region: string,
  { operation, requestId, cause }: AwsError,
): AwsError {
  return new AwsError({
    what: `the SSM document ${name} does not exist in ${region}, so nothing was run on ${instanceId}`,
    operation,
    resource: name,
    requestId,
    code: missingDocument,
    kind: 'other',
    outcome: 'not-done',
    cause,
    ...adviceFor(name, region),
  });
}

function adviceFor(name: string, region: string): { likelyCause: string; fix: string } {
  if (/^AWS[A-Za-z0-9]*-/.test(name))
    return {
      likelyCause: `AWS offers ${name} in most regions, but not in ${region}, or it is blocked for this account`,
      fix: `look for it in the console of ${region} (Systems Manager, Documents, Owned by Amazon), or do without it there`,
    };
  if (name.startsWith('HoldfastHook-'))
    return {
      likelyCause: 'it was written in another region: documents exist only where they were created',
      fix: `create ${name} in ${region} as well (docs/rotation.md), or correct the tag Consistency_Document`,
    };
  return {
    likelyCause: `the documents of the stack were not added in ${region}; or the input ssm-documents, or the tag Consistency_Document, names others`,
    fix: `add them: npm run deploy -- --region ${region}, or a stack of infra/holdfast.yml in ${region} with Parts=documents (docs/setup.md)`,
  };
}
