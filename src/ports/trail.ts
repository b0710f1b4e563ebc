/** The account's own record of who called what: CloudTrail's event history. */

/** One management event, as far as it tells who changed what. */
export interface TrailEvent {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  /** `DeleteSnapshot`. */
  readonly name: string;
  readonly region: string;
  /** ARN of the caller; the name of the service, where AWS itself called; empty where the event does not tell. */
  readonly caller: string;
  /** The service of AWS that called in the caller's name, such as `cloudformation.amazonaws.com`. */
  readonly through?: string | undefined;
  /** The request's parameters, as CloudTrail words them. */
  readonly parameters: unknown;
  /** Code of the error with which AWS refused the call. */
  readonly refused?: string | undefined;
}

export interface FoundEvents {
  /** Newest first. */
  readonly events: readonly TrailEvent[];
  /** Whether there are older ones that were not read. */
  readonly more: boolean;
}

/** The history of one region. */
export interface Trail {
  /**
   * Events of one name.
   * @param from CloudTrail keeps 90 days
   * @param most events that are read at most; pages have 50
   * @throws AwsError
   */
  events(name: string, from: Date, until: Date, most: number): Promise<FoundEvents>;
}

export interface Trails {
  in(region: string): Trail;
}
