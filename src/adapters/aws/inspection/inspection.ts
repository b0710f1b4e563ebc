/** AWS as one identity sees it: reads only, each refusal an AwsError of the kind `denied`. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeInstancesCommand, DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import {
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  IAMClient,
  ListOpenIDConnectProvidersCommand,
} from '@aws-sdk/client-iam';
import { DescribeInstanceInformationCommand, GetDocumentCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type {
  AgentFacts,
  DocumentFacts,
  InstanceFacts,
  ProviderFacts,
  StackFacts,
  SubscriptionFacts,
  TrustStatement,
} from '../../../domain/installation.ts';
import type { AwsInspection } from '../../../ports/inspection.ts';
import { fromTags } from '../ec2-shapes.ts';
import type { AwsSession } from '../session.ts';
import { absent } from './absent.ts';
import { BucketInspection } from './buckets.ts';
import { subscriptionsOf } from './subscriptions.ts';

/** A read that is refused is refused for good; another failure is tried twice. */
const attempts = 3;

export class SdkInspection extends BucketInspection implements AwsInspection {
  readonly name: string;
  readonly #open: (region: string) => AwsSession;
  readonly #sessions = new Map<string, AwsSession>();
  readonly #home: AwsSession;

  /** @param open opens a session in a region: one for each region that is asked for */
  constructor(name: string, region: string, open: (region: string) => AwsSession) {
    const home = open(region);
    super(home);
    this.name = name;
    this.#open = open;
    this.#home = home;
    this.#sessions.set(region, home);
  }

  #in(region: string): AwsSession {
    const session = this.#sessions.get(region) ?? this.#open(region);
    this.#sessions.set(region, session);
    return session;
  }

  async caller(): Promise<string> {
    const sts = this.#home.client('sts', (configuration) => new STSClient(configuration));
    const answer = await this.#home.call(
      { operation: 'GetCallerIdentity', resource: this.name, attempts },
      (abortSignal) => sts.send(new GetCallerIdentityCommand({}), { abortSignal }),
    );
    return answer.Arn ?? '';
  }

  get #iam(): IAMClient {
    return this.#home.client('iam', (configuration) => new IAMClient(configuration));
  }

  async providers(): Promise<readonly ProviderFacts[]> {
    const iam = this.#iam;
    const list = await this.#home.call(
      { operation: 'ListOpenIDConnectProviders', resource: 'the account', attempts },
      (abortSignal) => iam.send(new ListOpenIDConnectProvidersCommand({}), { abortSignal }),
    );
    const arns = (list.OpenIDConnectProviderList ?? []).flatMap(({ Arn }) => Arn ?? []);
    return Promise.all(
      arns.map(async (arn) => {
        const one = await this.#home.call(
          { operation: 'GetOpenIDConnectProvider', resource: arn, attempts },
          (abortSignal) =>
            iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }), { abortSignal }),
        );
        // IAM gives the URL without its scheme (IAM API reference, GetOpenIDConnectProvider).
        return { arn, issuer: (one.Url ?? '').replace(/^https?:\/\//, ''), audiences: one.ClientIDList ?? [] };
      }),
    );
  }

  trust(roleArn: string): Promise<readonly TrustStatement[] | undefined> {
    const RoleName = roleArn.split('/').at(-1) ?? '';
    return absent(['NoSuchEntity', 'NoSuchEntityException'], async () => {
      const { Role } = await this.#home.call({ operation: 'GetRole', resource: roleArn, attempts }, (abortSignal) =>
        this.#iam.send(new GetRoleCommand({ RoleName }), { abortSignal }),
      );
      // URL-encoded, as RFC 3986 has it (IAM API reference, Role).
      const policy: unknown = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '%7B%7D'));
      const statements = (policy as { Statement?: TrustStatement | readonly TrustStatement[] }).Statement ?? [];
      return [statements].flat() as readonly TrustStatement[];
    });
  }

  stack(name: string): Promise<StackFacts | undefined> {
    const client = this.#home.client('cloudformation', (configuration) => new CloudFormationClient(configuration));
    return absent(
      ['ValidationError'],
      async () => {
        const { Stacks } = await this.#home.call(
          { operation: 'DescribeStacks', resource: name, attempts },
          (abortSignal) => client.send(new DescribeStacksCommand({ StackName: name }), { abortSignal }),
        );
        const [stack] = Stacks ?? [];
        return stack === undefined
          ? undefined
          : {
              status: stack.StackStatus ?? '',
              statusReason: stack.StackStatusReason ?? '',
              parameters: Object.fromEntries(
                (stack.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [
                  ParameterKey,
                  ParameterValue,
                ]),
              ),
              outputs: Object.fromEntries(
                (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
              ),
            };
      },
      // ValidationError is also CloudFormation's word for a stack that does not exist.
      /does not exist/,
    );
  }

  subscriptions(topicArn: string): Promise<readonly SubscriptionFacts[] | undefined> {
    return absent(['NotFound', 'NotFoundException'], () => subscriptionsOf(this.#home, topicArn, attempts));
  }

  async regions(): Promise<readonly string[]> {
    const { Regions } = await this.#home.call(
      { operation: 'DescribeRegions', resource: 'the account', attempts },
      (abortSignal) => this.#home.ec2.send(new DescribeRegionsCommand({}), { abortSignal }),
    );
    return (Regions ?? []).flatMap(({ RegionName }) => RegionName ?? []);
  }

  document(region: string, name: string): Promise<DocumentFacts | undefined> {
    const session = this.#in(region);
    return absent(['InvalidDocument'], async () => {
      const { Status, Content } = await session.call(
        { operation: 'GetDocument', resource: name, attempts },
        (abortSignal) =>
          session.ssm.send(new GetDocumentCommand({ Name: name, DocumentFormat: 'JSON' }), { abortSignal }),
      );
      return { name, status: Status ?? 'Active', script: scriptOf(Content ?? '') };
    });
  }

  async instances(region: string): Promise<readonly InstanceFacts[]> {
    const session = this.#in(region);
    const pages = await followed((NextToken) =>
      session.call({ operation: 'DescribeInstances', resource: region, attempts }, (abortSignal) =>
        session.ec2.send(new DescribeInstancesCommand({ MaxResults: 500, NextToken }), { abortSignal }),
      ),
    );
    return pages
      .flatMap(({ Reservations }) => Reservations ?? [])
      .flatMap(({ Instances }) => Instances ?? [])
      .map(({ InstanceId = '', State, Tags, LaunchTime }) => {
        const tags = fromTags(Tags);
        return {
          id: InstanceId,
          name: tags.Name,
          state: State?.Name ?? '',
          tags,
          launchedAt: LaunchTime ?? new Date(0),
        };
      });
  }

  async agents(region: string): Promise<readonly AgentFacts[]> {
    const session = this.#in(region);
    const pages = await followed((NextToken) =>
      session.call({ operation: 'DescribeInstanceInformation', resource: region, attempts }, (abortSignal) =>
        session.ssm.send(new DescribeInstanceInformationCommand({ MaxResults: 50, NextToken }), { abortSignal }),
      ),
    );
    return pages
      .flatMap(({ InstanceInformationList }) => InstanceInformationList ?? [])
      .map(({ InstanceId = '', PingStatus = '', LastPingDateTime, AgentVersion = '' }) => ({
        instanceId: InstanceId,
        ping: PingStatus,
        lastPingAt: LastPingDateTime,
        version: AgentVersion,
      }));
  }
}

async function followed<A extends { NextToken?: string | undefined }>(
  page: (token: string | undefined) => Promise<A>,
): Promise<readonly A[]> {
  const pages: A[] = [];
  let token: string | undefined;
  do {
    const answer = await page(token);
    pages.push(answer);
    token = answer.NextToken || undefined;
  } while (token !== undefined);
  return pages;
}

/** What a document runs on Linux; empty for one that is not as the stack's are. */
function scriptOf(content: string): string {
  try {
    const { mainSteps } = JSON.parse(content) as {
      mainSteps?: readonly { inputs?: { runCommand?: readonly string[] } }[];
    };
    return mainSteps?.[0]?.inputs?.runCommand?.join('\n') ?? '';
  } catch {
    return '';
  }
}
