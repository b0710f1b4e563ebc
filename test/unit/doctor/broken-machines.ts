/** Hosts, buckets and the computer itself, each with one thing broken. */
import { read } from '../../../src/doctor/reading.ts';
import { type Broken, change, tagged, withAgent, withBucket, withRegion, withSource } from './changed.ts';
import * as given from './sound.ts';

const { job } = given;

export const brokenMachines: readonly Broken[] = [
  [
    'a tag in the wrong case',
    tagged({ 'holdfast:host': 'source', backup: 'yes' }),
    'failed',
    /"backup", which means nothing/,
    /create-tags .* 'Key=Backup,Value=yes' && aws ec2 delete-tags .* 'Key=backup'/,
  ],
  [
    'a tag with a typing mistake',
    tagged({ 'holdfast:host': 'source', Retenton: '7' }),
    'failed',
    /"Retenton"/,
    /Key=Retention,Value=7/,
  ],
  ['an instance without its tag', tagged({}), 'failed', /has no tag holdfast:host/, /Key=holdfast:host,Value=source/],
  [
    'an instance of another name',
    withSource({ name: 'other' }),
    'failed',
    /no instance of that id or name/,
    /describe-instances/,
  ],
  [
    'two instances of one name',
    withRegion({
      instances: read([given.source, { ...given.source, id: 'i-03' }, given.verification]),
      agents: read([given.agent('i-01'), given.agent('i-02'), given.agent('i-03')]),
    }),
    'failed',
    /2 instances have that name: i-01, i-03/,
    /give the id/,
  ],
  [
    'no agent',
    withRegion({ agents: read([given.agent('i-02')]) }),
    'failed',
    /no agent has registered/,
    /AmazonSSMManagedInstanceCore/,
  ],
  [
    'an offline agent',
    withAgent({ ping: 'ConnectionLost' }),
    'failed',
    /ConnectionLost, last heard of/,
    /restart amazon-ssm-agent/,
  ],
  [
    'an old agent',
    withAgent({ version: '3.2.582.0' }),
    'failed',
    /version 3\.2\.582\.0/,
    /AWS-UpdateSSMAgent --instance-ids i-01/,
  ],
  [
    'a ping from before the start',
    withSource({ launchedAt: new Date('2026-11-25T13:00:00Z') }),
    'warning',
    /before the instance was started/,
    /restart/,
  ],
  [
    'a host that lacks a program',
    {
      ...given.sound,
      hosts: [{ subject: 'tools of ib01', problems: read([{ what: 'it lacks gawk', fix: 'install it' }]), has: '' }],
    },
    'failed',
    /it lacks gawk/,
    /install it/,
  ],
  [
    'no bucket',
    withBucket({ region: read(undefined) }),
    'failed',
    /no such bucket/,
    /gh variable set HOLDFAST_RECEIPT_BUCKET/,
  ],
  [
    'a bucket in another region',
    withBucket({ region: read('us-east-1') }),
    'warning',
    /us-east-1: every transfer/,
    /HOLDFAST_RECEIPT_BUCKET/,
  ],
  [
    'a bucket without versions',
    withBucket({ versioning: read('') }),
    'failed',
    /never enabled/,
    /put-bucket-versioning --bucket acme-receipts/,
  ],
  [
    'a bucket whose versions were suspended',
    withBucket({ versioning: read('Suspended') }),
    'failed',
    /Suspended/,
    /put-bucket-versioning/,
  ],
  [
    'a bucket without lifecycle rules',
    withBucket({ lifecycle: read([]) }),
    'warning',
    /stay for ever/,
    /put-bucket-lifecycle-configuration --bucket acme-receipts .*"NoncurrentDays":180/,
  ],
  [
    'uploads given up after a day',
    withBucket({
      lifecycle: read([{ enabled: true, noncurrentDays: 1, newerNoncurrentVersions: 45, abortUploadDays: 1 }]),
    }),
    'failed',
    /after 1 day/,
    /put-bucket-lifecycle-configuration .*"DaysAfterInitiation":2/,
  ],
  [
    'public access',
    withBucket({ publicAccessBlocked: read(false) }),
    'failed',
    /not blocked in all four/,
    /put-public-access-block/,
  ],
  ['no encryption', withBucket({ encryption: read('') }), 'failed', /none/, /put-bucket-encryption/],
  [
    'no TLS policy',
    withBucket({ tlsOnly: read(false) }),
    'failed',
    /not required/,
    /put-bucket-policy --bucket acme-receipts .*"arn:aws:s3:::acme-receipts\/\*"/,
  ],
  [
    'a skewed clock',
    change('environment', { skewSeconds: read(-400) }),
    'failed',
    /400 s behind AWS's/,
    /timedatectl set-ntp true/,
  ],
  ['a clock that drifts', change('environment', { skewSeconds: read(90) }), 'warning', /90 s ahead of/, /timedatectl/],
  ['an old runner', change('environment', { runner: read('2.335.1') }, job), 'failed', /2\.335\.1/, /actions\/runner/],
  ['no region', change('environment', { region: '' }), 'failed', /no region is known/, /HOLDFAST_REGION/],
  [
    'another endpoint',
    change('environment', { endpoint: 'http://127.0.0.1:1' }),
    'warning',
    /AWS_ENDPOINT_URL sends/,
    /unset AWS_ENDPOINT_URL/,
  ],
];
