/** infra/holdfast.yml without what moto's CloudFormation cannot do, as JSON. */
import { type Json, type JsonObject, parseTemplate } from '../../../lab/services/aws/cloudformation/template-text.ts';

/** moto 5.2.5 makes nothing of these types. */
const unmade: ReadonlySet<string> = new Set(['AWS::Rbin::Rule', 'AWS::S3::BucketPolicy', 'AWS::IAM::OIDCProvider']);

/** Conditions that do not hold for the parameters with which it is deployed; moto's updates make what they exclude all the same. */
const unmet: ReadonlySet<string> = new Set([
  'MakePlanRole',
  'MakeUsers',
  'UseCopyKeys',
  'UseBucketKey',
  'MakeWatchdog',
]);

/**
 * Functions are written in their long forms, since moto reads `!Condition` as a function that does not exist. It also leaves in a list what
 * AWS::NoValue takes out of it, so that such members are dropped: the parameters must be such that none of them is wanted, and
 * OidcProviderArn must be given.
 */
export function strippedTemplate(text: string): string {
  const { Resources = {}, Outputs = {}, ...rest } = parseTemplate(text);
  return JSON.stringify(stripped({ ...rest, Resources: kept(Resources), Outputs: kept(Outputs) }));
}

function kept(section: JsonObject): JsonObject {
  const isKept = ({ Type, Condition }: JsonObject): boolean =>
    !unmade.has(String(Type)) && !unmet.has(String(Condition));
  return Object.fromEntries(Object.entries(section).filter(([, one]) => isKept(one as JsonObject)));
}

function stripped(value: Json, key = ''): Json {
  // Only YAML may have it as one text.
  if (key === 'Fn::GetAtt' && typeof value === 'string') return value.split('.');
  if (Array.isArray(value)) return value.filter((one) => !isDropped(one)).map((one) => stripped(one));
  if (typeof value !== 'object' || value === null) return value;
  const [condition, , otherwise = null] = choiceOf(value);
  if (condition === 'MakeProvider') return stripped(otherwise);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, stripped(one, name)]));
}

function isDropped(member: Json): boolean {
  const [, , otherwise] = choiceOf(member);
  return (otherwise as JsonObject | null | undefined)?.Ref === 'AWS::NoValue';
}

/** Condition, what holds with it, and what holds without; empty for anything but `Fn::If`. */
function choiceOf(value: Json): readonly Json[] {
  const choice = (value as JsonObject | null)?.['Fn::If'];
  return Array.isArray(choice) ? choice : [];
}
