/** The values of the template's parameters: given, computed, or as they are in the stack. */
import { DescribeStackResourcesCommand, type Parameter, type Stack as StackView } from '@aws-sdk/client-cloudformation';
import { type Account, findProvider } from './account.ts';
import type { Repository } from './github.ts';
import type { DeployOptions } from './options.ts';
import { awsProblem } from './problem.ts';
import { addSubjects, planSubjectsOf, subjectsOf } from './subjects.ts';

/** Undefined stands for the value that the stack has, or else the template's default. */
export type Values = Readonly<Record<string, string | undefined>>;

/** Whether the repository's ids are needed. */
export function needsRepository(options: DeployOptions, stack: StackView | undefined): boolean {
  if (options.furtherRegion !== undefined) return false;
  if (options.planRole) return true;
  if (options.subjects.length > 0) return false;
  return stack === undefined || givesRepository(options);
}

/** Whether the options say whose workflows shall be trusted besides those that the stack trusts. */
function givesRepository({ repository, branches, environments }: DeployOptions): boolean {
  return repository !== undefined || branches.length + environments.length > 0;
}

interface Given {
  readonly account: Account;
  readonly options: DeployOptions;
  /** Undefined for a first deployment. */
  readonly stack: StackView | undefined;
  readonly repository: Repository | undefined;
  readonly defaults: Readonly<Record<string, { readonly Default?: unknown }>>;
}

/** @throws Problem */
export async function chooseValues(given: Given): Promise<Values> {
  const { account, options, stack } = given;
  if (options.furtherRegion !== undefined) return { ...options.parameters, Parts: 'documents' };
  const { id, region } = account;
  const own = (name: string) => `holdfast-${name}-${id}-${region}`;
  const bucket = (wanted: string | undefined, name: string) => wanted ?? (stack ? undefined : own(name));
  return {
    AllowedSubjects: allowedSubjects(given),
    PlanSubjects:
      options.planRole && given.repository
        ? subjects(given, 'PlanSubjects', planSubjectsOf(given.repository))
        : undefined,
    ReceiptBucketName: bucket(options.receiptBucket, 'receipts'),
    DumpBucketName: options.dumpBucket === 'none' ? '' : bucket(options.dumpBucket, 'dumps'),
    WatchdogEmail: options.watchdogEmail === 'none' ? '' : options.watchdogEmail,
    OidcProviderArn: await providerArn(given),
    ...options.parameters,
  };
}

function allowedSubjects(given: Given): string | undefined {
  const { options, stack, repository } = given;
  if (options.subjects.length > 0) return options.subjects.join(',');
  if (repository === undefined || (stack && !givesRepository(options))) return undefined;
  return subjects(given, 'AllowedSubjects', subjectsOf(repository, options));
}

/** An update takes nobody's trust away unless it is told to. */
function subjects({ options, stack }: Given, name: string, wanted: readonly string[]): string {
  return options.replaceSubjects ? wanted.join(',') : addSubjects(parameterOf(stack, name) ?? '', wanted);
}

/**
 * An account can have one provider for each issuer. One that the stack has made itself stays the stack's: with its ARN as
 * parameter the next update would delete it.
 */
async function providerArn({ account, options, stack, defaults }: Given): Promise<string | undefined> {
  if (options.parameters.OidcProviderArn !== undefined) return undefined;
  // The issuer of a provider that was given is its own, whatever OidcIssuer says: only who names another one leaves it.
  const before = parameterOf(stack, 'OidcProviderArn');
  const { OidcIssuer: named } = options.parameters;
  if (before && (named === undefined || isOf(before, named))) return before;
  const issuer =
    named ??
    parameterOf(stack, 'OidcIssuer') ??
    String(defaults.OidcIssuer?.Default ?? 'token.actions.githubusercontent.com');
  const found = await findProvider(account, issuer);
  if (found === undefined) return '';
  return stack && (await madeBy(account, stack, found)) ? '' : found;
}

const isOf = (arn: string, issuer: string): boolean => arn.endsWith(`:oidc-provider/${issuer}`);

export function parameterOf(stack: StackView | undefined, name: string): string | undefined {
  return stack?.Parameters?.find((one) => one.ParameterKey === name)?.ParameterValue;
}

async function madeBy({ cloudformation }: Account, stack: StackView, arn: string): Promise<boolean> {
  try {
    const { StackResources = [] } = await cloudformation.send(
      new DescribeStackResourcesCommand({ StackName: stack.StackName }),
    );
    return StackResources.some(
      (one) => one.PhysicalResourceId === arn && !/^DELETE_(COMPLETE|SKIPPED)$/.test(one.ResourceStatus ?? ''),
    );
  } catch (error) {
    throw awsProblem(error, 'reading the resources of the stack');
  }
}

/** For a change set. A parameter that is new in this release has its default. */
export function asParameters(values: Values, stack: StackView | undefined, known: readonly string[]): Parameter[] {
  return known.flatMap((ParameterKey): Parameter[] => {
    const value = values[ParameterKey];
    if (value !== undefined) return [{ ParameterKey, ParameterValue: value }];
    return parameterOf(stack, ParameterKey) === undefined ? [] : [{ ParameterKey, UsePreviousValue: true }];
  });
}
