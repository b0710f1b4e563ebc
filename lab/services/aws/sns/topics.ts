/** SNS topics, their subscriptions, and what was published: a stand-in for mails, which nobody gets. */
export interface Subscription {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** An address has to confirm. */
  confirmed?: boolean;
}

export interface Message {
  readonly topicArn: string;
  readonly subject: string;
  readonly text: string;
}

export class Topics {
  readonly arns = new Set<string>();
  readonly subscriptions = new Map<string, Subscription>();
  readonly messages: Message[] = [];
}
