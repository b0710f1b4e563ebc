/** The outputs that the stack of the deployment must have, worked out of the template alone. */
import type { JsonObject } from '../../../lab/services/aws/cloudformation/template-text.ts';
import { readTemplate } from '../../../scripts/deploy/template.ts';
import { variableCommands, variablesFrom } from '../../../scripts/deploy/variables.ts';
import { strippedTemplate } from './stripped-template.ts';

const account = '123456789012';
const region = 'us-east-1';
/** What the deployment gives: `npm run deploy` names the buckets, by account and region. */
export const provider = `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
const given: Readonly<Record<string, string>> = {
  'AWS::Region': region,
  OidcProviderArn: provider,
  DumpBucketName: `holdfast-dumps-${account}-${region}`,
  ReceiptBucketName: `holdfast-receipts-${account}-${region}`,
};

export interface Expected {
  readonly OutputKey: string;
  readonly OutputValue: string;
  readonly Description: string;
}

type Template = { readonly Outputs: Record<string, JsonObject>; readonly Resources: Record<string, JsonObject> };

/** @param text of a stripped template @throws Error for a value that is neither a parameter, the name of a bucket nor the ARN of a role */
export function outputsOf(text: string): Expected[] {
  const { Outputs, Resources } = JSON.parse(text) as Template;
  return Object.entries(Outputs).map(([OutputKey, { Value, Description }]) => ({
    OutputKey,
    OutputValue: expectedOf(Value as JsonObject, Resources) ?? fail(OutputKey),
    Description: String(Description),
  }));
}

function expectedOf({ Ref, 'Fn::GetAtt': asked }: JsonObject, resources: Template['Resources']): string | undefined {
  const [name, attribute] = Array.isArray(asked) ? asked.map(String) : [String(Ref)];
  const { Type, Properties } = resources[name ?? ''] ?? {};
  const { RoleName, BucketName } = (Properties ?? {}) as JsonObject;
  if (Type === 'AWS::IAM::Role' && attribute === 'Arn' && typeof RoleName === 'string')
    return `arn:aws:iam::${account}:role/${RoleName}`;
  if (Type === 'AWS::S3::Bucket' && attribute === undefined) return given[String((BucketName as JsonObject).Ref)];
  return attribute === undefined ? given[name ?? ''] : undefined;
}

function fail(key: string): never {
  throw new Error(`it cannot be worked out what the output ${key} must be`);
}

let read: readonly Expected[] | undefined;
/** Of the release's template. */
export function expectedOutputs(): readonly Expected[] {
  read ??= outputsOf(strippedTemplate(readTemplate().text));
  return read;
}

/** The commands that `npm run deploy` prints for them. */
export function expectedVariables(): string[] {
  return variableCommands(variablesFrom(expectedOutputs()), 'OWNER/NAME').map((command) => `  ${command}`);
}
