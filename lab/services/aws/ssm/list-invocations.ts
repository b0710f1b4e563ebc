/** ListCommandInvocations: of one command, or of one instance (SSM API reference, CommandFilter). */
import { LabAwsError } from '../protocol/service.ts';
import type { Commands } from './commands.ts';

type InvocationView = ReturnType<NonNullable<ReturnType<Commands['find']>>['listedView']>;

interface Filter {
  readonly key: string;
  readonly value: string;
}

interface Request {
  readonly CommandId?: string;
  readonly InstanceId?: string;
  readonly Filters?: readonly Filter[];
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

export function listInvocations(request: Request, commands: Commands) {
  const { CommandId, InstanceId, Filters = [], MaxResults = 50, NextToken = '0' } = request;
  const run = commands.find(CommandId ?? '');
  const runs = CommandId === undefined && InstanceId !== undefined ? commands.of(InstanceId) : run ? [run] : [];
  const passing = runs
    .flatMap((one) => one.instanceIds.map((id) => ({ at: one.at, view: one.listedView(id) })))
    .filter(({ view }) => InstanceId === undefined || view.InstanceId === InstanceId)
    .filter(({ at, view }) => Filters.every((filter) => passes(view, at, filter)))
    .map(({ view }) => view);
  const from = Number(NextToken);
  const end = from + MaxResults;
  return {
    CommandInvocations: passing.slice(from, end),
    ...(end < passing.length ? { NextToken: String(end) } : {}),
  };
}

function passes(view: InvocationView, at: Date, { key, value }: Filter): boolean {
  switch (key) {
    case 'DocumentName':
      return view.DocumentName === value;
    case 'Status':
      return view.Status === value;
    case 'InvokedAfter':
      return at.getTime() > Date.parse(value);
    default:
      throw new LabAwsError('InvalidFilterKey', `The filter ${key} is not known.`);
  }
}
