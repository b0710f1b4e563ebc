/** A Slack incoming webhook that keeps what it was sent and refuses what Slack refuses (api.slack.com/messaging/webhooks). */
import { type Answer, plainText } from '../http/answer.ts';
import type { CallParts, HttpRequest, Operation } from '../http/call.ts';
import { type Endpoint, jsonObject, startEndpoint } from '../http/server.ts';

export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Readonly<Record<string, unknown>>[];
}

export interface SlackLab extends Endpoint {
  /** The secret address to post to. */
  readonly webhookUrl: string;
  readonly messages: readonly SlackMessage[];
}

const webhookPath = '/services/T0LAB/B0LAB/rehearsal';

/** Starts the webhook. */
export async function startSlack(parts: CallParts): Promise<SlackLab> {
  const messages: SlackMessage[] = [];
  const endpoint = await startEndpoint((request) => route(request, messages), parts);
  return { ...endpoint, webhookUrl: endpoint.url + webhookPath, messages };
}

function route(request: HttpRequest, messages: SlackMessage[]): Operation {
  const body = jsonObject(request.body);
  const refused = refusalOf(request, body);
  return {
    endpoint: 'slack',
    name: 'PostMessage',
    caller: 'runner',
    parameters: body ?? {},
    throttled: plainText(429, 'rate_limited', { 'retry-after': '1' }),
    refusal: ({ status, message }) => plainText(status, message),
    ...(refused ? { refused } : {}),
    perform: () => {
      const message = body as { text: string; blocks?: SlackMessage['blocks'] };
      messages.push({ text: message.text, blocks: message.blocks ?? [] });
      return plainText(200, 'ok');
    },
  };
}

function refusalOf(request: HttpRequest, body: Record<string, unknown> | undefined): Answer | undefined {
  if (request.method !== 'POST' || request.path !== webhookPath) return plainText(404, 'no_service');
  if (!body) return plainText(400, 'invalid_payload');
  if (typeof body.text !== 'string' || body.text === '') return plainText(400, 'no_text');
  return blocksProblem(body.blocks) ? plainText(400, 'invalid_blocks') : undefined;
}

/** Slack's limits: 50 blocks; 3000 characters in a section's text, 150 in a header's, 10 fields, 10 context elements. */
export function blocksProblem(blocks: unknown): string | undefined {
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks)) return 'blocks is not a list';
  if (blocks.length > 50) return `${blocks.length} blocks`;
  for (const [index, item] of (blocks as Record<string, unknown>[]).entries()) {
    const at = `blocks[${index}]`;
    const type = item?.type;
    if (!['section', 'header', 'divider', 'context', 'actions'].includes(type as string)) return `${at}.type`;
    const text = (item.text as { type?: unknown; text?: unknown } | undefined)?.text;
    const fields = item.fields;
    if (type === 'header' && (typeof text !== 'string' || text.length < 1 || text.length > 150)) return `${at}.text`;
    if (type === 'section') {
      if (text === undefined && fields === undefined) return `${at} has neither text nor fields`;
      if (text !== undefined && (typeof text !== 'string' || text.length < 1 || text.length > 3000))
        return `${at}.text`;
      if (fields !== undefined && !fieldsFit(fields)) return `${at}.fields`;
    }
    const elements = item.elements;
    if (type === 'context' && (!Array.isArray(elements) || elements.length < 1 || elements.length > 10)) {
      return `${at}.elements`;
    }
  }
  return undefined;
}

function fieldsFit(fields: unknown): boolean {
  if (!Array.isArray(fields) || fields.length < 1 || fields.length > 10) return false;
  return (fields as { text?: unknown }[]).every(({ text }) => typeof text === 'string' && text.length <= 2000);
}
