/**
 * CloudTrail's event history: management events of the last 90 days, which every account has without a trail. LookupEvents allows two
 * calls a second in an account and region, and 50 events a page (CloudTrail API reference, LookupEvents).
 */
import type { TrailEvent } from '../../domain/trail.ts';
import type { FoundEvents, Trail, Trails } from '../../ports/trail.ts';
import { post } from './post.ts';
import type { AwsSession } from './session.ts';

/** Milliseconds between two calls. */
const interval = 500;
const pageSize = 50;

interface Page {
  readonly Events?: readonly { readonly CloudTrailEvent?: string }[];
  readonly NextToken?: string;
}

/** What a record tells (CloudTrail user guide, "CloudTrail record contents" and "CloudTrail userIdentity element"). */
interface Recorded {
  readonly eventID?: string;
  readonly eventTime?: string;
  readonly eventName?: string;
  readonly awsRegion?: string;
  readonly userIdentity?: { readonly arn?: string; readonly invokedBy?: string; readonly type?: string };
  readonly requestParameters?: unknown;
  readonly errorCode?: string;
}

class CloudTrailEvents implements Trail {
  readonly #session: AwsSession;
  readonly #signal: AbortSignal | undefined;
  #nextCall = 0;

  constructor(session: AwsSession, signal: AbortSignal | undefined) {
    this.#session = session;
    this.#signal = signal;
  }

  async events(name: string, from: Date, until: Date, most: number): Promise<FoundEvents> {
    const events: TrailEvent[] = [];
    const request = {
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: name }],
      // In seconds, as times are in AWS's JSON.
      StartTime: from.getTime() / 1000,
      EndTime: until.getTime() / 1000,
      MaxResults: pageSize,
    };
    let token: string | undefined;
    do {
      const page = await this.#page({ ...request, ...(token === undefined ? {} : { NextToken: token }) });
      events.push(...(page.Events ?? []).flatMap(({ CloudTrailEvent: text }) => (text ? eventOf(text) : [])));
      token = page.NextToken;
    } while (token !== undefined && events.length < most);
    return { events, more: token !== undefined };
  }

  async #page(request: object): Promise<Page> {
    const call = { operation: 'LookupEvents', resource: this.#session.region, signal: this.#signal };
    return this.#session.call(call, async (signal) => {
      await this.#wait();
      const text = await post(
        this.#session,
        {
          service: 'cloudtrail',
          body: JSON.stringify(request),
          contentType: 'application/x-amz-json-1.1',
          target: 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents',
        },
        signal,
      );
      return JSON.parse(text) as Page;
    });
  }

  async #wait(): Promise<void> {
    const { clock } = this.#session;
    const left = this.#nextCall - clock.now().getTime();
    if (left > 0) await clock.sleep(left, this.#signal);
    this.#nextCall = clock.now().getTime() + interval;
  }
}

function eventOf(text: string): TrailEvent {
  const one = JSON.parse(text) as Recorded;
  const { arn, invokedBy, type } = one.userIdentity ?? {};
  return {
    id: one.eventID ?? '',
    at: one.eventTime ?? '',
    name: one.eventName ?? '',
    region: one.awsRegion ?? '',
    caller: arn ?? invokedBy ?? (type === 'Root' ? 'root' : ''),
    through: arn === undefined ? undefined : invokedBy,
    parameters: one.requestParameters,
    refused: one.errorCode,
  };
}

/** @param session opens that of a region */
export function createTrails(session: (region: string) => AwsSession, signal?: AbortSignal): Trails {
  const opened = new Map<string, Trail>();
  return {
    in: (region) => {
      const trail = opened.get(region) ?? new CloudTrailEvents(session(region), signal);
      opened.set(region, trail);
      return trail;
    },
  };
}
