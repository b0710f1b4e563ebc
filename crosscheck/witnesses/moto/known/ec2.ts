/** Where moto 5.2.5 and the lab differ: EC2. */
import type { KnownDifference } from '../../../points.ts';

export const ofEc2: readonly KnownDifference[] = [
  {
    point: /^(instances|snapshots|volumes): (copy a |delete a |create of a )?malformed id: refused$/,
    right: 'Holdfast',
    why: 'moto takes a malformed id for one that does not exist; EC2 has a code for each of the two.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html',
  },
  {
    point: /^(instances|snapshots): unknown filter: (refused|status)$/,
    right: 'Holdfast',
    why: 'moto fails with its own error 500 at a filter that it does not know; what a client did wrong has a status of 400 to 499.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html',
  },
  {
    point: 'instances: unknown region',
    right: 'both',
    why: 'moto answers a region that does not exist with an empty list, the lab with InvalidParameterValue; no page says which.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html',
  },
  {
    point: /^instances: by .*: instances\[0\]\.RootDeviceName$/,
    right: 'Holdfast',
    why: 'moto gives every instance /dev/sda1, whatever its AMI says.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html',
  },
  {
    point:
      /^(snapshots: create|snapshots: create of an instance|volumes: snapshot): (Snapshots\[\d\]\.)?(State|Progress)$/,
    right: 'Holdfast',
    why: 'A snapshot of moto is complete at once, and one of a set has no state.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshot.html',
  },
  {
    point: /^snapshots: .*\.CompletionTime$/,
    right: 'Holdfast',
    why: 'moto tells no time of completion.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html',
  },
  {
    point: /^(snapshots|volumes): page beside ids$/,
    right: 'both',
    why: 'moto takes MaxResults beside ids; the page of DescribeInstances forbids it, no page says so of snapshots and volumes.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html',
  },
  {
    point: 'snapshots: page that is too small',
    right: 'both',
    why: 'moto takes fewer than five results a page; no page says the least any more.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html',
  },
  {
    point: 'snapshots: dry run',
    right: 'Holdfast',
    why: 'moto ignores DryRun when snapshots are described.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html',
  },
  {
    point: /^snapshots: tag with (AWS's prefix|a (key|value) that is too long)$/,
    right: 'Holdfast',
    why: 'moto checks neither the prefix nor the length of tags.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions',
  },
  {
    point: 'snapshots: untag a missing snapshot',
    right: 'both',
    why: 'moto deletes tags of what does not exist, the lab answers InvalidSnapshot.NotFound; no page says which.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html',
  },
  {
    point: /^snapshots: the copies: Snapshots\[\d\]\.VolumeId$/,
    right: 'both',
    why: 'moto gives a copy the volume of its source; the page calls the volume of a copy arbitrary.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html',
  },
  {
    point: /^snapshots: the copies: Snapshots\[\d\]\.(Encrypted|KmsKeyId)$/,
    right: 'Holdfast',
    why: 'moto does not encrypt a copy that is to be encrypted.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html',
  },
  {
    point: 'snapshots: create without any volume',
    right: 'Holdfast',
    why: 'moto ignores which volumes are excluded.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceSpecification.html',
  },
  {
    point: /^volumes: .*\.(Tags\.length|SnapshotId|DeleteOnTermination|MultiAttachEnabled)$/,
    right: 'both',
    why: 'moto leaves out what is empty or false.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html',
  },
  {
    point: /^volumes: create.*: MultiAttachEnabled$/,
    right: 'both',
    why: 'moto leaves out what is false.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html',
  },
  {
    point: /^volumes: .*Iops$/,
    right: 'the witness',
    why: 'The lab tells no IOPS, which nothing here reads.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html',
  },
  {
    point: 'volumes: snapshot: Description',
    right: 'both',
    why: 'moto leaves out an empty description.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html',
  },
  {
    point: 'volumes: create: State',
    right: 'Holdfast',
    why: 'A volume of moto is available at once; in the example of the page it is creating.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html',
  },
  {
    point: 'volumes: create with the same token: VolumeId',
    right: 'Holdfast',
    why: 'moto ignores the client token, and makes a second volume.',
    source: 'https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html',
  },
  {
    point: 'volumes: create in no zone',
    right: 'Holdfast',
    why: 'moto makes a volume in a zone that does not exist; EC2 has a code for it.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html',
  },
  {
    point: /^volumes: detach (again|without naming the instance)(: (refused|status))?$/,
    right: 'Holdfast',
    why: 'moto fails with its own error 500, since it needs the instance and the attachment; the page requires an instance only for volumes at several.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachVolume.html',
  },
  {
    point: /^volumes: (stop|start) again: (Stopping|Starting)Instances\[0\]\.CurrentState\.(Code|Name)$/,
    right: 'both',
    why: 'moto takes an instance that has that state already through the change again; no page says which.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html',
  },
  {
    point: /^volumes: attach (what is attached|at a device in use)$/,
    right: 'Holdfast',
    why: 'moto attaches a volume twice, and two at one device; EC2 has a code for each.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html',
  },
  {
    point: /^paging: (volumes|snapshots|images)(: pages(\.length|\[\d\])| with a token that is none)$/,
    right: 'Holdfast',
    why: 'moto lists volumes, snapshots and images without pages.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html',
  },
  {
    point: /^paging: instances with a token that is none: (refused|status)$/,
    right: 'Holdfast',
    why: 'moto fails with its own error 500 at a token that is none; EC2 says InvalidNextToken.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html',
  },
];
