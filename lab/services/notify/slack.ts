/** A Slack incoming webhook that keeps its messages and refuses what Slack refuses (api.slack.com/messaging/webhooks). */
import { type Answer, plainText } from '../http/answer.ts';
import type { CallParts, HttpRequest, Operation } from '../http/call.ts';
import { type Endpoint, jsonObject, startEndpoint } from '../http/server.ts';

export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Readonly<Record<string, unknown>>[];
}

export interface SlackLab extends Endpoint {
  /** The secret URL to post to. */
  readonly webhookUrl: string;
  readonly messages: readonly SlackMessage[];
}

const webhookPath = '/services/T0LAB/B0LAB/rehearsal';

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
  return blocksFit(body.blocks) ? undefined : plainText(400, 'invalid_blocks');
}

/** Whether Slack accepts the blocks of a message (docs.slack.dev/reference/block-kit/blocks). */
function blocksFit(blocks: unknown): boolean {
  if (blocks === undefined) return true;
  return Array.isArray(blocks) && blocks.length <= 50 && blocks.every((block) => blockFits(block ?? {}));
}

function blockFits(block: Record<string, unknown>): boolean {
  const text = (block.text as { text?: unknown } | undefined)?.text;
  switch (block.type) {
    case 'header':
      return textFits(text, 150);
    case 'section':
      if (text === undefined && block.fields === undefined) return false;
      return (text === undefined || textFits(text, 3000)) && (block.fields === undefined || fieldsFit(block.fields));
    case 'context':
      return Array.isArray(block.elements) && block.elements.length >= 1 && block.elements.length <= 10;
    case 'divider':
    case 'actions':
      return true;
    default:
      return false;
  }
}

function textFits(text: unknown, limit: number): boolean {
  return typeof text === 'string' && text.length >= 1 && text.length <= limit;
}

function fieldsFit(fields: unknown): boolean {
  if (!Array.isArray(fields) || fields.length < 1 || fields.length > 10) return false;
  return (fields as { text?: unknown }[]).every(({ text }) => typeof text === 'string' && text.length <= 2000);
}
