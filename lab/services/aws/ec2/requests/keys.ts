/**
 * What EBS does with customer-managed KMS keys on behalf of whoever calls it (EBS user guide, "Requirements for EBS
 * encryption", permissions for users). The region's own key for EBS asks nobody.
 */
import type { CallContext } from '../../protocol/service.ts';

const toRead = ['kms:Decrypt', 'kms:ReEncryptFrom'];
const toWrite = ['kms:DescribeKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptTo'];

/** @returns whether the caller's policies allow EBS to read with the one key and to write with the other */
export function keyUse(policies: CallContext): (from: string | undefined, to: string | undefined) => boolean {
  return (from, to) =>
    [...questions(from, toRead), ...questions(to, toWrite), ...questions(to, ['kms:CreateGrant'])].every((question) => {
      try {
        policies.authorize(question);
        return true;
      } catch {
        // As on EC2 the call succeeds, and what it makes fails later.
        return false;
      }
    });
}

function questions(key: string | undefined, actions: readonly string[]) {
  if (key === undefined || key.endsWith(':alias/aws/ebs')) return [];
  const [, , , region] = key.split(':');
  return actions.map((action) => ({
    action,
    resources: [key],
    conditions: {
      'kms:ViaService': `ec2.${region}.amazonaws.com`,
      ...(action === 'kms:CreateGrant' ? { 'kms:GrantIsForAWSResource': 'true' } : {}),
    },
  }));
}
