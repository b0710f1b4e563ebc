import type { KnownDifference } from '../../points.ts';

export const known: readonly KnownDifference[] = [
  {
    point:
      /sts:AssumeRoleWithWebIdentity: token\.actions\.githubusercontent\.com:(aud|sub)( on role is given|: StringEquals fits)/,
    right: 'Holdfast',
    why: 'The reference lists the keys `aud` and `sub` for some issuers of tokens only; every issuer has them, under its own name, and the page shows those of GitHub.',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html',
  },
  {
    point: /holdfast-rotate\/CopyAutomated: ec2:CopySnapshot: aws:ResourceTag\/Type on snapshot is given/,
    right: 'both',
    why: 'The reference lists no tags of the snapshot that is copied, which EC2 asks about since April 2025; the statement holds with its tags and without.',
    source:
      'https://aws.amazon.com/blogs/storage/enhancing-resource-level-permissions-for-copying-amazon-ebs-snapshots/',
  },
  {
    point:
      /holdfast-rotate\/RunVss: ssm:SendCommand on arn:aws:ssm:\*::document\/AWSEC2-CreateVssSnapshot: is of a type/,
    right: 'Holdfast',
    why: 'The ARN of a document that AWS owns has no account in it, for which the reference has no format.',
    source:
      'https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html',
  },
];
