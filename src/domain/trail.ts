/** What CloudTrail tells of a call. */

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
