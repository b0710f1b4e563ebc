/** What a request asks CloudFormation to deploy: template, parameters, capabilities. */
import { type AwsCall, type CallContext, LabAwsError, type Parameters } from '../protocol/service.ts';
import type { Source, StackRecord } from './records.ts';
import { Template } from './template.ts';
import { parseTemplate } from './template-text.ts';

/** Quotas: user guide, "Understand CloudFormation quotas". */
const bodyLimit = 51_200;
const objectLimit = 1_048_576;

export interface TemplateStore {
  /** The text of an object. @throws LabAwsError when there is no such bucket or object */
  read(bucket: string, key: string): string;
}

export interface SourceContext {
  readonly accountId: string;
  readonly store: TemplateStore;
  readonly policies: CallContext;
}

interface GivenParameter {
  readonly ParameterKey?: string;
  readonly ParameterValue?: string;
  readonly UsePreviousValue?: string;
}

/** @throws LabAwsError for whatever cannot be deployed */
export function readSource(call: AwsCall, stack: StackRecord, context: SourceContext): Source {
  const { parameters, region } = call;
  const text = readTemplate(parameters, context, stack);
  const names = Object.keys(parseTemplate(text).Parameters ?? {});
  const given = parameterValues(parameters, names, stack);
  const template = new Template(text, {
    region,
    accountId: context.accountId,
    parameters: given,
    stackName: stack.name,
    stackId: stack.id,
  });
  template.checkRules();
  const capabilities = asList(parameters.Capabilities);
  checkCapabilities(template, capabilities);
  return { template, parameters: given, capabilities, revertsDrift: parameters.DeploymentMode === 'REVERT_DRIFT' };
}

/** @throws LabAwsError */
export function readTemplate(parameters: Parameters, context: SourceContext, stack?: StackRecord): string {
  const { TemplateBody, TemplateURL, UsePreviousTemplate } = parameters;
  if (TemplateBody !== undefined) {
    if (Buffer.byteLength(String(TemplateBody)) <= bodyLimit) return String(TemplateBody);
    throw new LabAwsError(
      'ValidationError',
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${bodyLimit}`,
    );
  }
  if (TemplateURL !== undefined) return readObject(String(TemplateURL), context);
  if (UsePreviousTemplate === 'true' && stack?.source) return stack.source.template.text;
  throw new LabAwsError('ValidationError', 'Either Template URL or Template Body must be specified.');
}

function readObject(url: string, { store, policies }: SourceContext): string {
  const place = placeOf(url);
  if (!place) throw new LabAwsError('ValidationError', 'TemplateURL must be a supported URL.');
  policies.authorize({ action: 's3:GetObject', resources: [`arn:aws:s3:::${place.bucket}/${place.key}`] });
  try {
    const text = store.read(place.bucket, place.key);
    if (Buffer.byteLength(text) <= objectLimit) return text;
  } catch (error) {
    if (!(error instanceof LabAwsError)) throw error;
    throw new LabAwsError('ValidationError', `S3 error: ${error.message}`);
  }
  throw new LabAwsError('ValidationError', `Template may not exceed ${objectLimit} bytes in size.`);
}

/** Bucket and key of an object's URL, with the bucket in the name of the host or in the path. */
function placeOf(url: string): { bucket: string; key: string } | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, pathname } = new URL(url);
  const path = decodeURIComponent(pathname.slice(1));
  const virtual = /^(.+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com$/.exec(hostname)?.[1];
  if (virtual !== undefined) return path === '' ? undefined : { bucket: virtual, key: path };
  // The lab's own address stands for S3's.
  if (!/^(s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com|127\.0\.0\.1|localhost)$/.test(hostname)) return undefined;
  const [bucket = '', ...rest] = path.split('/');
  return rest.join('/') === '' ? undefined : { bucket, key: rest.join('/') };
}

/** A parameter that is not given in an update has its default again, not its previous value. */
function parameterValues(parameters: Parameters, names: readonly string[], stack: StackRecord): Record<string, string> {
  const values: Record<string, string> = {};
  for (const one of asList(parameters.Parameters) as unknown as GivenParameter[]) {
    const name = one.ParameterKey ?? '';
    if (one.UsePreviousValue !== 'true') values[name] = one.ParameterValue ?? '';
    else if (!stack.source)
      throw new LabAwsError(
        'ValidationError',
        `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      );
    else {
      const previous = stack.source.parameters[name];
      if (previous !== undefined) values[name] = previous;
      else if (
        !names.includes(name) ||
        !Object.hasOwn(parseTemplate(stack.source.template.text).Parameters ?? {}, name)
      )
        throw new LabAwsError(
          'ValidationError',
          `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
        );
      else values[name] = defaultOf(stack.source.template.text, name);
    }
  }
  return values;
}

function defaultOf(text: string, name: string): string {
  const definition = parseTemplate(text).Parameters?.[name] as { Default?: unknown } | undefined;
  return String(definition?.Default ?? '');
}

/** "InsufficientCapabilities": API reference, CreateStack, Capabilities. */
function checkCapabilities(template: Template, capabilities: readonly string[]): void {
  const identities = template
    .resources()
    .filter(({ type }) => type.startsWith('AWS::IAM::') && type !== 'AWS::IAM::OIDCProvider');
  if (identities.length === 0) return;
  const named = identities.some(
    ({ properties }) => properties.RoleName ?? properties.UserName ?? properties.ManagedPolicyName,
  );
  const needed = named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM';
  if (capabilities.includes('CAPABILITY_NAMED_IAM') || capabilities.includes(needed)) return;
  throw new LabAwsError('InsufficientCapabilitiesException', `Requires capabilities : [${needed}]`);
}

/** Lists arrive as arrays, or not at all when they are empty. */
export function asList(value: unknown): string[] {
  return Array.isArray(value) ? value : [];
}
