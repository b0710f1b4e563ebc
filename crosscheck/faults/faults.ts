/** Faults that are put into a copy on purpose: a wrong code, a missing field, a policy that is too wide. */
import type { Change } from './copy.ts';

export interface Fault extends Change {
  readonly what: string;
  /** The witness that must notice it. */
  readonly witness: string;
  /** Variables by which the witness is asked for the part alone that must notice it. */
  readonly environment?: Readonly<Record<string, string>>;
}

export const faults: readonly Fault[] = [
  {
    what: 'EC2 has another code for a volume that is not there',
    witness: 'moto',
    path: 'lab/services/aws/ec2/requests/lookup.ts',
    from: "'InvalidVolume.NotFound'",
    to: "'InvalidVolumeID.NotFound'",
  },
  {
    what: 'EC2 leaves out the size of a snapshot',
    witness: 'moto',
    path: 'lab/services/aws/ec2/operations/views.ts',
    from: '    volumeSize: one.sizeGiB,\n    description',
    to: '    description',
  },
  {
    what: 'S3 writes over an object in spite of If-None-Match',
    witness: 's3-server',
    path: 'lab/services/aws/s3/versions.ts',
    from: "(ifNoneMatch === '*' && current !== undefined)",
    to: "(ifNoneMatch === '' && current !== undefined)",
  },
  {
    what: 'a policy lets snapshots be deleted that others made',
    witness: 'iam',
    path: 'infra/holdfast.yml',
    from: `                Action: ec2:DeleteSnapshot
                Resource: !Sub arn:\${AWS::Partition}:ec2:*::snapshot/*
                Condition:
                  StringEquals:
                    aws:ResourceTag/Type: Automated
`,
    to: `                Action: ec2:DeleteSnapshot
                Resource: !Sub arn:\${AWS::Partition}:ec2:*::snapshot/*
                Condition:
`,
  },
  {
    what: 'the lab overlooks conditions with the operator Null',
    witness: 'iam',
    path: 'lab/services/aws/auth/iam.ts',
    from: "if (base === 'Null') return wanted.includes(String(has === undefined));",
    to: "if (base === 'Null') return true;",
  },
  {
    what: 'the runner has pipefail in every step',
    witness: 'act',
    environment: { HOLDFAST_ACT_WORKFLOW: 'shells.yml' },
    path: 'lab/runner/step-run.ts',
    from: "const options = pipefail ? ['--noprofile',",
    to: "const options = pipefail || script ? ['--noprofile',",
  },
];
