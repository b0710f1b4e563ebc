/** The part of CloudTrail's API that is used: events by their name (API reference, LookupEvents). */
import { type AwsCall, type AwsService, type CallContext, LabAwsError, type Parameters } from '../protocol/service.ts';
import type { EventHistory, HistoricEvent } from './history.ts';

const mostOfPage = 50;
const kept = 90 * 24 * 60 * 60 * 1000;

interface Lookup {
  readonly name: string;
  readonly from: number;
  readonly until: number;
  readonly size: number;
  /** The first event of the page. */
  readonly start: number;
}

export class CloudTrail implements AwsService {
  readonly name = 'cloudtrail';
  readonly #history: EventHistory;
  readonly #now: () => Date;

  constructor(history: EventHistory, now: () => Date) {
    this.#history = history;
    this.#now = now;
  }

  async handle({ operation, parameters, region }: AwsCall, policies: CallContext): Promise<unknown> {
    if (operation !== 'LookupEvents')
      throw new LabAwsError('UnknownOperationException', `the lab's CloudTrail does not know ${operation}`);
    // "Resource types defined by AWS CloudTrail" has none for this action (Service Authorization Reference).
    const conditions = { 'aws:RequestedRegion': region };
    policies.authorize({ action: 'cloudtrail:LookupEvents', resources: ['*'], conditions });
    const { name, from, until, size, start } = this.#lookupOf(parameters);
    const found = this.#history.events
      .filter((one) => one.region === region && one.name === name)
      .filter(({ at }) => at.getTime() >= from && at.getTime() <= until)
      .toReversed();
    const end = start + size;
    return {
      Events: found.slice(start, end).map(eventOf),
      ...(end < found.length ? { NextToken: String(end) } : {}),
    };
  }

  #lookupOf(parameters: Parameters): Lookup {
    const { LookupAttributes = [], StartTime, EndTime, MaxResults = mostOfPage, NextToken } = parameters;
    const [attribute, ...others] = LookupAttributes as readonly Readonly<Record<string, string>>[];
    if (attribute?.AttributeKey !== 'EventName' || others.length > 0)
      throw new LabAwsError('InvalidLookupAttributesException', 'the lab looks events up by one attribute, EventName');
    const now = this.#now().getTime();
    const from = StartTime === undefined ? 0 : Number(StartTime) * 1000;
    const until = EndTime === undefined ? now : Number(EndTime) * 1000;
    if (!(from <= until)) throw new LabAwsError('InvalidTimeRangeException', 'The start time is after the end time');
    const size = Number(MaxResults);
    if (!(size >= 1 && size <= mostOfPage))
      throw new LabAwsError('InvalidMaxResultsException', `MaxResults is 1 to ${mostOfPage}`);
    const start = NextToken === undefined ? 0 : Number(NextToken);
    if (!Number.isInteger(start)) throw new LabAwsError('InvalidNextTokenException', 'The token is not valid');
    return { name: attribute.AttributeValue ?? '', from: Math.max(from, now - kept), until, size, start };
  }
}

function eventOf({ id, at, name, source, region, identity, parameters, error }: HistoricEvent): unknown {
  const [, session] = /assumed-role\/[^/]+\/(.+)$/.exec(identity.arn) ?? [];
  const record = {
    eventVersion: '1.11',
    userIdentity: {
      type: session === undefined ? 'IAMUser' : 'AssumedRole',
      arn: identity.arn,
      accountId: identity.account,
      ...(session === undefined
        ? {}
        : { sessionContext: { sessionIssuer: { type: 'Role', userName: identity.role } } }),
    },
    eventTime: at.toISOString().replace(/\.\d+/, ''),
    eventSource: source,
    eventName: name,
    awsRegion: region,
    requestParameters: parameters,
    ...(error === undefined ? {} : { errorCode: error }),
    eventID: id,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: identity.account,
    eventCategory: 'Management',
  };
  return {
    EventId: id,
    EventName: name,
    ReadOnly: 'false',
    EventTime: at.getTime() / 1000,
    EventSource: source,
    Username: session ?? identity.arn.split('/').at(-1),
    Resources: [],
    CloudTrailEvent: JSON.stringify(record),
  };
}
