/** The AWS account of whoever deploys: its clients, and what must be known about it first. */
import { CloudFormationClient, DescribeStacksCommand, type Stack as StackView } from '@aws-sdk/client-cloudformation';
import { IAMClient, ListOpenIDConnectProvidersCommand } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { awsProblem } from './problem.ts';

export interface Account {
  readonly id: string;
  readonly partition: string;
  readonly caller: string;
  readonly region: string;
  readonly cloudformation: CloudFormationClient;
  readonly iam: IAMClient;
  readonly s3: S3Client;
  readonly ssm: SSMClient;
}

/** @param region undefined for that of the environment or the profile @throws Problem */
export async function openAccount(region: string | undefined): Promise<Account> {
  // The AWS CLI's variable, which the SDK does not read. An empty one is none.
  const chosen = region ?? (process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION);
  if (process.env.AWS_REGION === '') delete process.env.AWS_REGION;
  const settings = chosen ? { region: chosen } : {};
  const sts = new STSClient(settings);
  try {
    const { Account: id = '', Arn: caller = '' } = await sts.send(new GetCallerIdentityCommand({}));
    const known = { region: await sts.config.region() };
    return {
      id,
      caller,
      partition: caller.split(':')[1] ?? 'aws',
      region: known.region,
      cloudformation: new CloudFormationClient(known),
      iam: new IAMClient(known),
      // A bucket's name in the path works with every name and every endpoint.
      s3: new S3Client({ ...known, forcePathStyle: true }),
      ssm: new SSMClient(known),
    };
  } catch (error) {
    throw awsProblem(error, 'asking AWS who you are');
  } finally {
    sts.destroy();
  }
}

/** Undefined when there is no such stack. @throws Problem */
export async function readStack({ cloudformation }: Account, name: string): Promise<StackView | undefined> {
  try {
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks?.[0];
  } catch (error) {
    if (/does not exist/.test((error as Error).message)) return undefined;
    throw awsProblem(error, `reading the stack ${name}`);
  }
}

/** ARN of the account's provider for an issuer (host and path). @throws Problem */
export async function findProvider({ iam }: Account, issuer: string): Promise<string | undefined> {
  try {
    const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
    return OpenIDConnectProviderList.map((one) => one.Arn ?? '').find((arn) =>
      arn.endsWith(`:oidc-provider/${issuer}`),
    );
  } catch (error) {
    throw awsProblem(error, 'looking for an OIDC provider that exists already');
  }
}

export function closeAccount({ cloudformation, iam, s3, ssm }: Account): void {
  for (const client of [cloudformation, iam, s3, ssm]) client.destroy();
}
