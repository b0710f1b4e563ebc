/** Stacks, events and change sets as the API shows them. Element names: AWS CloudFormation API reference. */
import type { Change } from './changes.ts';
import type { ChangeSet, StackEvent, StackRecord, StackResource } from './records.ts';
import { typeOf } from './resources/types.ts';
import { parseTemplate } from './template-text.ts';

const list = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));

/** With the defaults of those that were not given. */
function parametersOf(source: StackRecord['source']) {
  if (!source) return [];
  const defaults = Object.entries(parseTemplate(source.template.text).Parameters ?? {}).map(([name, one]) => [
    name,
    String((one as { Default?: unknown }).Default ?? ''),
  ]);
  return list({ ...Object.fromEntries(defaults), ...source.parameters });
}

export function stackView(stack: StackRecord) {
  return {
    StackId: stack.id,
    StackName: stack.name,
    Parameters: parametersOf(stack.source),
    CreationTime: stack.createdAt.toISOString(),
    LastUpdatedTime: stack.updatedAt?.toISOString(),
    DeletionTime: stack.deletedAt?.toISOString(),
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DisableRollback: false,
    EnableTerminationProtection: false,
    Capabilities: [...(stack.source?.capabilities ?? [])],
    Outputs: stack.outputs.map((one) => ({
      OutputKey: one.key,
      OutputValue: one.value,
      Description: one.description,
      ExportName: one.exportName,
    })),
    Tags: [],
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

export function summaryView(stack: StackRecord) {
  const { StackId, StackName, CreationTime, LastUpdatedTime, DeletionTime, StackStatus, StackStatusReason } =
    stackView(stack);
  return { StackId, StackName, CreationTime, LastUpdatedTime, DeletionTime, StackStatus, StackStatusReason };
}

export function eventView(stack: StackRecord, event: StackEvent) {
  return {
    StackId: stack.id,
    StackName: stack.name,
    EventId: event.id,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: event.at.toISOString(),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
  };
}

/** As DescribeStackResources shows it. */
export function resourceView(stack: StackRecord, one: StackResource) {
  return {
    StackId: stack.id,
    StackName: stack.name,
    ...partsOf(one),
    Timestamp: one.at.toISOString(),
  };
}

/** As ListStackResources shows it: without the stack, and with another name for the time. */
export function resourceSummaryView(one: StackResource) {
  return { ...partsOf(one), LastUpdatedTimestamp: one.at.toISOString() };
}

function partsOf(one: StackResource) {
  return {
    LogicalResourceId: one.resource.logicalId,
    PhysicalResourceId: one.resource.physicalId,
    ResourceType: one.resource.type,
    ResourceStatus: one.status,
    ResourceStatusReason: one.reason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

export function changeSetView(stack: StackRecord, changeSet: ChangeSet) {
  return {
    ChangeSetName: changeSet.name,
    ChangeSetId: changeSet.id,
    StackId: stack.id,
    StackName: stack.name,
    Description: changeSet.description,
    Parameters: parametersOf(changeSet.source),
    CreationTime: changeSet.at.toISOString(),
    ExecutionStatus: changeSet.executionStatus,
    Status: changeSet.status,
    StatusReason: changeSet.reason,
    Capabilities: [...changeSet.source.capabilities],
    Changes: changeSet.changes.map((one) => ({ Type: 'Resource', ResourceChange: changeView(one) })),
  };
}

const removal: Readonly<Record<string, string>> = {
  Delete: 'Delete',
  Retain: 'Retain',
  RetainExceptOnCreate: 'Retain',
};

function changeView(change: Change) {
  const { action, resource, before, replaced, properties, policyChanges } = change;
  const { replacing } = typeOf(resource.type);
  const scope = [...(properties.length > 0 ? ['Properties'] : []), ...(policyChanges ? ['DeletionPolicy'] : [])];
  return {
    Action: action,
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: before?.physicalId,
    ResourceType: resource.type,
    PolicyAction:
      action === 'Remove'
        ? removal[resource.deletionPolicy]
        : replaced
          ? `ReplaceAnd${removal[before?.deletionPolicy ?? 'Delete']}`
          : undefined,
    ...(action === 'Modify' ? { Replacement: replaced ? 'True' : 'False' } : {}),
    Scope: scope,
    Details: properties.map((Name) => ({
      Target: { Attribute: 'Properties', Name, RequiresRecreation: replacing.includes(Name) ? 'Always' : 'Never' },
      Evaluation: 'Static',
      ChangeSource: 'DirectModification',
    })),
  };
}
