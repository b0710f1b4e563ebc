/** Faults that are put into a copy on purpose: a wrong code, a missing field, a policy that is too wide. */
import type { Change } from './copy.ts';

export interface Fault extends Change {
  readonly what: string;
  /** The witness that must notice it. */
  readonly witness: string;
  /** The point at which it must. The faults of a witness are put into one copy, and each must be noticed at its own. */
  readonly point: RegExp;
  /** The part of the witness that is asked: see partOf. */
  readonly part?: string;
  /** It has a copy of its own, since the others would keep its part from being asked. */
  readonly alone?: true;
}

export const faults: readonly Fault[] = [
  {
    what: 'EC2 has another code for a volume that is not there',
    witness: 'moto',
    point: /^volumes: missing id: refused$/,
    path: 'lab/services/aws/ec2/requests/lookup.ts',
    from: "'InvalidVolume.NotFound'",
    to: "'InvalidVolumeID.NotFound'",
  },
  {
    what: 'EC2 leaves out the size of a snapshot',
    witness: 'moto',
    point: /^snapshots: .*\bVolumeSize$/,
    path: 'lab/services/aws/ec2/operations/views.ts',
    from: '    volumeSize: one.sizeGiB,\n    description',
    to: '    description',
  },
  {
    what: 'STS tells an end of the session that is ten years late',
    witness: 'moto',
    point: /^sts: with a token: Credentials\.Expiration$/,
    path: 'lab/services/aws/sts/sts.ts',
    from: 'Expiration: new Date(session.expiresAt).toISOString(),',
    to: 'Expiration: new Date(session.expiresAt + 315_576_000_000).toISOString(),',
  },
  {
    what: 'EC2 tells that a snapshot began in 1999',
    witness: 'moto',
    point: /^snapshots: when it is completed: Snapshots\[0\]\.StartTime$/,
    path: 'lab/services/aws/ec2/operations/views.ts',
    from: ': {}),\n    startTime: iso(one.startedAt),',
    to: ": {}),\n    startTime: iso(new Date('1999-12-31')),",
  },
  {
    what: 'S3 confirms a longer lock, and keeps the old one',
    witness: 'moto',
    point: /^locks: head of what is locked longer: ObjectLockRetainUntilDate$/,
    path: 'lab/services/aws/s3/object-lock.ts',
    from: 'version.retention = wanted;',
    to: 'version.retention = before ?? wanted;',
  },
  {
    what: 'every output of a stack has the value of the first',
    witness: 'moto',
    part: 'deployment',
    alone: true,
    point: /^deployment: after the first: stack: outputs\.DumpRoleArn\.OutputValue$/,
    path: 'lab/services/aws/cloudformation/template.ts',
    from: "value: String(this.#resolve(Value ?? '')),",
    to: "value: String(this.#resolve((Object.values(this.#section('Outputs'))[0] as JsonObject).Value ?? Value ?? '')),",
  },
  {
    what: 'S3 lists every object as one of 1970',
    witness: 's3-server',
    point: /^list: by key$/,
    path: 'lab/services/aws/s3/listings.ts',
    from: "xml('LastModified', at.toISOString())",
    to: "xml('LastModified', new Date(at.getTime() * 0).toISOString())",
  },
  {
    what: 'S3 completes an upload over an object in spite of If-None-Match',
    witness: 's3-server',
    point: /^CompleteMultipartUpload: If-None-Match, and something is there: error$/,
    path: 'lab/services/aws/s3/complete-upload.ts',
    from: '  checkWriteConditions(call);\n',
    to: '',
  },
  {
    what: 'S3 loses the tags of uploads',
    witness: 's3-server',
    point: /^GetObjectTagging: of an upload$/,
    path: 'lab/services/aws/s3/uploads.ts',
    from: '    tags,\n',
    to: '    tags: {},\n',
  },
  {
    what: 'S3 loses the tags of copies',
    witness: 's3-server',
    point: /^copy whole: tags$/,
    path: 'lab/services/aws/s3/copying.ts',
    from: '...{ tags, keyArn,',
    to: '...{ tags: {}, keyArn,',
  },
  {
    what: 'S3 copies every part from the beginning of its source',
    witness: 's3-server',
    point: /^copy in parts: content$/,
    path: 'lab/services/aws/s3/copying.ts',
    from: 'data.subarray(from, to)',
    to: 'data.subarray(0, to - from)',
  },
  {
    what: 'a policy lets the plan of a rotation read every object',
    witness: 'iam',
    point: /^needs no more: holdfast-plan s3:GetObject on /,
    path: 'infra/holdfast.yml',
    from: `        - PolicyName: holdfast-plan
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
`,
    to: `        - PolicyName: holdfast-plan
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: !Sub arn:\${AWS::Partition}:s3:::*/*
`,
  },
  {
    what: 'the lab overlooks conditions with the operator Null',
    witness: 'iam',
    point: /^made up: /,
    path: 'lab/services/aws/auth/iam.ts',
    from: "if (base === 'Null') return wanted.includes(String(has === undefined));",
    to: "if (base === 'Null') return true;",
  },
  {
    what: 'the runner has pipefail in every step',
    witness: 'act',
    part: 'shells.yml',
    point: /^shells\.yml /,
    path: 'lab/runner/step-run.ts',
    from: "const options = pipefail ? ['--noprofile',",
    to: "const options = pipefail || script ? ['--noprofile',",
  },
  // At points that are known to differ: what is wrong there is not what is listed.
  {
    what: 'EC2 has the code of a missing volume for a zone that does not exist',
    witness: 'moto',
    point: /^volumes: create in no zone$/,
    path: 'lab/services/aws/ec2/operations/create-volume.ts',
    from: "'InvalidZone.NotFound'",
    to: "'InvalidVolume.NotFound'",
  },
  {
    what: 'EC2 has another code for malformed ids',
    witness: 'moto',
    point: /^(instances|snapshots|volumes): .*malformed id: refused$/,
    path: 'lab/services/aws/ec2/requests/query.ts',
    from: '`Invalid${kind}.Malformed`',
    to: '`Invalid${kind}.Wrong`',
  },
  {
    what: 'CloudFormation tells that an update was made which it has rolled back',
    witness: 'moto',
    point: /^failures: describe the stack: status$/,
    path: 'lab/services/aws/cloudformation/execution.ts',
    from: "this.#state('UPDATE_ROLLBACK_COMPLETE');",
    to: "this.#state('UPDATE_COMPLETE');",
  },
  {
    what: 'EC2 tells another root device of an instance',
    witness: 'moto',
    point: /^instances: .*RootDeviceName$/,
    path: 'lab/services/aws/ec2/operations/views.ts',
    from: "rootDeviceName: '/dev/xvda'",
    to: "rootDeviceName: '/dev/xvdb'",
  },
  {
    what: 'S3 tells another encryption of an object',
    witness: 's3-server',
    point: /: ServerSideEncryption$/,
    path: 'lab/services/aws/s3/encryption.ts',
    from: "{ 'x-amz-server-side-encryption': 'AES256' }",
    to: "{ 'x-amz-server-side-encryption': 'aws:fsx' }",
  },
  {
    what: 'S3 has another code for an unknown key pair',
    witness: 's3-server',
    point: /^signed: an unknown key pair/,
    path: 'lab/services/aws/sts/sts.ts',
    from: "s3: ['InvalidAccessKeyId',",
    to: "s3: ['InvalidAccessKey',",
  },
  {
    what: 'the runner counts the jobs of a matrix from one',
    witness: 'act',
    part: 'matrix.yml',
    point: /^matrix\.yml place: line \d$/,
    path: 'lab/runner/matrix.ts',
    from: "'job-index': index,",
    to: "'job-index': index + 1,",
  },
  {
    what: 'a workflow gives a job all secrets',
    witness: 'linters',
    part: '.github/workflows/mysql-backup.yml',
    point: /^zizmor: .*title=overprovisioned-secrets/,
    path: '.github/workflows/mysql-backup.yml',
    from: 'DATABASE_URL: ${{ secrets[matrix.database.secret] }}',
    to: 'DATABASE_URL: ${{ toJSON(secrets) }}',
  },
  {
    what: 'the metrics name a unit before its metric',
    witness: 'monitoring',
    point: /^openmetrics: /,
    path: 'src/watch/metrics/text.ts',
    from: '# UNIT ${name} ${unit}',
    to: '# UNIT ${unit} ${name}',
  },
  {
    what: 'a widget of the dashboard has a type that Datadog does not know',
    witness: 'monitoring',
    point: /^datadog: /,
    path: 'docs/datadog-dashboard.json',
    from: '"type": "toplist",\n              "title": "Age of the newest backup (seconds)"',
    to: '"type": "top_list",\n              "title": "Age of the newest backup (seconds)"',
  },
];
