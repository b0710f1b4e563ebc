/** The calls that read stacks, change sets and templates. */
import { randomUUID } from 'node:crypto';
import { type AwsCall, type CallContext, LabAwsError } from '../protocol/service.ts';
import { notFound, type Source, type StackRecord, type StackResource, type Stacks } from './records.ts';
import { asList, readTemplate, type SourceContext } from './requests.ts';
import { typeOf } from './resources/types.ts';
import { parseTemplate } from './template-text.ts';
import { changeSetView, eventView, resourceSummaryView, resourceView, stackView, summaryView } from './views.ts';

export type Handler = (call: AwsCall, policies: CallContext) => unknown;

/** Events and resources that one answer holds. */
const pageSize = 100;

export function readingHandlers(
  stacks: Stacks,
  context: (policies: CallContext) => SourceContext,
): Readonly<Record<string, Handler>> {
  const reader = new Reader(stacks, context);
  return {
    DescribeChangeSet: (call) => reader.describeChangeSet(call),
    ListChangeSets: (call) => reader.listChangeSets(call),
    DescribeStacks: (call) => reader.describeStacks(call),
    ListStacks: (call) => reader.listStacks(call),
    DescribeStackEvents: (call) => reader.describeStackEvents(call),
    DescribeEvents: (call) => reader.describeEvents(call),
    DescribeStackResources: (call) => ({ StackResources: reader.resources(call, resourceView) }),
    ListStackResources: (call) =>
      page(
        'StackResourceSummaries',
        reader.resources(call, (_stack, one) => resourceSummaryView(one)),
        call,
      ),
    GetTemplate: (call) => ({
      TemplateBody: reader.source(call).template.text,
      StagesAvailable: ['Original', 'Processed'],
    }),
    GetTemplateSummary: (call, policies) => reader.summary(call, policies),
    ValidateTemplate: (call, policies) => reader.summary(call, policies),
  };
}

class Reader {
  readonly #stacks: Stacks;
  readonly #context: (policies: CallContext) => SourceContext;

  constructor(stacks: Stacks, context: (policies: CallContext) => SourceContext) {
    this.#stacks = stacks;
    this.#context = context;
  }

  #stack({ region, parameters }: AwsCall): StackRecord {
    return this.#stacks.get(region, String(parameters.StackName ?? ''));
  }

  #changeSet({ region, parameters }: AwsCall) {
    const { ChangeSetName = '', StackName = '' } = parameters;
    return this.#stacks.changeSet(region, String(ChangeSetName), String(StackName));
  }

  listChangeSets(call: AwsCall) {
    const stack = this.#stack(call);
    return { Summaries: [...stack.changeSets.values()].map((one) => changeSetView(stack, one)) };
  }

  describeChangeSet(call: AwsCall) {
    const { stack, changeSet } = this.#changeSet(call);
    const view = changeSetView(stack, changeSet);
    return { ...view, ...page('Changes', view.Changes, call) };
  }

  describeStacks(call: AwsCall) {
    if (call.parameters.StackName !== undefined) return { Stacks: [stackView(this.#stack(call))] };
    const mine = this.#stacks.all.filter((one) => one.region === call.region && one.deletedAt === undefined);
    return page('Stacks', mine.map(stackView), call);
  }

  listStacks(call: AwsCall) {
    const wanted = asList(call.parameters.StackStatusFilter);
    const mine = this.#stacks.all.filter((one) => one.region === call.region);
    const matching = mine.filter((one) => wanted.length === 0 || wanted.includes(one.status));
    return page('StackSummaries', matching.map(summaryView), call);
  }

  describeStackEvents(call: AwsCall) {
    const stack = this.#stack(call);
    return page('StackEvents', stack.events.map((one) => eventView(stack, one)).reverse(), call);
  }

  /** The events of operations; the lab has those of early validation. */
  describeEvents(call: AwsCall) {
    if (call.parameters.ChangeSetName === undefined && call.parameters.StackName === undefined)
      throw new LabAwsError('ValidationError', 'One of ChangeSetName, OperationId or StackName must be specified');
    if (call.parameters.ChangeSetName === undefined) return { OperationEvents: [] };
    const { stack, changeSet } = this.#changeSet(call);
    return {
      OperationEvents: changeSet.conflicts.map(({ resource, reason }) => ({
        EventId: randomUUID(),
        StackId: stack.id,
        OperationType: 'CREATE_CHANGESET',
        EventType: 'VALIDATION_ERROR',
        LogicalResourceId: resource.logicalId,
        PhysicalResourceId: '',
        ResourceType: resource.type,
        Timestamp: changeSet.at.toISOString(),
        ValidationFailureMode: 'FAIL',
        ValidationName: 'NAME_CONFLICT_VALIDATION',
        ValidationStatus: 'FAILED',
        ValidationStatusReason: reason,
        ValidationPath: `/Resources/${resource.logicalId}`,
      })),
    };
  }

  resources<T>(call: AwsCall, view: (stack: StackRecord, one: StackResource) => T): T[] {
    const stack = this.#stack(call);
    return [...stack.resources.values()].map((one) => view(stack, one));
  }

  source(call: AwsCall): Source {
    if (call.parameters.ChangeSetName !== undefined) return this.#changeSet(call).changeSet.source;
    const { source, name } = this.#stack(call);
    if (!source) throw notFound(name);
    return source;
  }

  summary(call: AwsCall, policies: CallContext) {
    const { StackName } = call.parameters;
    const text =
      StackName === undefined
        ? readTemplate(call.parameters, this.#context(policies))
        : this.source(call).template.text;
    const document = parseTemplate(text);
    const types = Object.values(document.Resources ?? {}).map((one) => String((one as { Type?: unknown }).Type));
    for (const type of types) typeOf(type);
    const parameters = Object.entries(document.Parameters ?? {}).map(([ParameterKey, node]) => {
      const { Default, Type, NoEcho, Description, AllowedValues } = node as Record<string, unknown>;
      return {
        ParameterKey,
        DefaultValue: Default,
        ParameterType: Type,
        NoEcho: NoEcho ?? false,
        Description,
        ParameterConstraints: { AllowedValues },
      };
    });
    const named = types.some((type) => type.startsWith('AWS::IAM::'));
    return {
      Parameters: parameters,
      Description: document.Description,
      Capabilities: named ? ['CAPABILITY_NAMED_IAM'] : [],
      ResourceTypes: [...new Set(types)],
      Version: document.AWSTemplateFormatVersion,
      Metadata: document.Metadata === undefined ? undefined : JSON.stringify(document.Metadata),
    };
  }
}

function page<T>(name: string, items: readonly T[], { parameters }: AwsCall): Record<string, unknown> {
  const from = Number(parameters.NextToken ?? 0);
  const end = from + pageSize;
  return { [name]: items.slice(from, end), ...(end < items.length ? { NextToken: String(end) } : {}) };
}
