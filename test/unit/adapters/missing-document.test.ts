import { expect, test } from '@jest/globals';
import { documentMissing } from '../../../src/adapters/aws/missing-document.ts';
import { AwsError } from '../../../src/runtime/errors.ts';

const refused = new AwsError({
  what: 'SendCommand failed: InvalidDocument',
  operation: 'SendCommand',
  resource: 'i-1',
  requestId: 'r',
  code: 'InvalidDocument',
  kind: 'other',
  outcome: 'not-done',
});

test.each([
  ['Holdfast-Freeze', /npm run deploy -- --region eu-west-1, or .* with Parts=documents/],
  ['HoldfastHook-flush', /create HoldfastHook-flush in eu-west-1 as well/],
  ['AWSEC2-CreateVssSnapshot', /Owned by Amazon/],
])('%s: the words name document and region, and how it is added', (DocumentName, fix) => {
  const { what, ...error } = documentMissing({ DocumentName, instanceId: 'i-1' }, 'eu-west-1', refused);
  expect(what).toBe(
    `the SSM document ${DocumentName} does not exist in eu-west-1, so nothing was run on i-1 (request r)`,
  );
  expect(error).toMatchObject({ code: 'InvalidDocument', outcome: 'not-done', fix: expect.stringMatching(fix) });
});
