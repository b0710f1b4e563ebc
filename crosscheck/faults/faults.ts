/** Faults that are put into a copy on purpose: a wrong code, a missing field, a policy that is too wide. */
import type { Change } from './copy.ts';

export interface Fault extends Change {
  readonly what: string;
  /** The witness that must notice it. */
  readonly witness: string;
}

export const faults: readonly Fault[] = [
  {
    witness: 'iam',
    what: 'a role may write every parameter of the account',
    path: 'infra/holdfast.yml',
    from: 'Resource: !Sub arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:parameter/holdfast/rotation*',
    to: "Resource: '*'",
  },
  {
    witness: 'iam',
    what: 'the rotation may snapshot instances that nobody has tagged',
    path: 'infra/holdfast.yml',
    from: "instance/*\n                Condition:\n                  'Null':\n                    aws:ResourceTag/Backup: 'false'\n",
    to: 'instance/*\n',
  },
];
