/** What `Ref` and the attribute `Arn` give for the types of resources (CloudFormation template reference, "Return values"). */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

// biome-ignore lint/suspicious/noExplicitAny: each type of resource has properties of its own.
type Properties = any;

/** @param made the name of a resource that is given none */
export function physicalIdOf(type: string, properties: Properties, made: string, place: Place): string {
  const iam = arnIn('iam', { ...place, region: '' });
  switch (type) {
    case 'AWS::IAM::OIDCProvider':
      return `${iam}:oidc-provider/${String(properties.Url).replace('https://', '')}`;
    case 'AWS::IAM::ManagedPolicy':
      return `${iam}:policy/${properties.ManagedPolicyName ?? made}`;
    case 'AWS::S3::Bucket':
      return String(properties.BucketName ?? made.toLowerCase());
    case 'AWS::SNS::Topic':
      return `${arnIn('sns', place)}:${properties.TopicName ?? made}`;
    default:
      return String(nameIn(properties) ?? made);
  }
}

const nameProperties = ['RoleName', 'UserName', 'Name', 'LogGroupName', 'AlarmName'];

/** A permission has the name of its function as a property, which is not its own. */
function nameIn(properties: Properties): unknown {
  const own = properties.Runtime === undefined ? undefined : properties.FunctionName;
  return own ?? nameProperties.map((name) => properties[name]).find((name) => name !== undefined);
}

export function arnOf(type: string, id: string, place: Place): string {
  const global = { ...place, region: '' };
  switch (type) {
    case 'AWS::IAM::Role':
      return `${arnIn('iam', global)}:role/${id}`;
    case 'AWS::IAM::User':
      return `${arnIn('iam', global)}:user/${id}`;
    case 'AWS::S3::Bucket':
      return `${arnIn('s3', { ...global, account: '' })}:${id}`;
    case 'AWS::Lambda::Function':
      return `${arnIn('lambda', place)}:function:${id}`;
    case 'AWS::Events::Rule':
      return `${arnIn('events', place)}:rule/${id}`;
    // With the end that stands for its streams.
    case 'AWS::Logs::LogGroup':
      return `${arnIn('logs', place)}:log-group:${id}:*`;
    default:
      return id;
  }
}

const arnIn = (service: string, { partition, region, account }: Place): string =>
  `arn:${partition}:${service}:${region}:${account}`;
