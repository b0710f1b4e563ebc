/** The URLs of a heartbeat service, as the input `heartbeat-url` gives them. */

export const heartbeatSignals = ['start', 'success', 'failure'] as const;
export type HeartbeatSignal = (typeof heartbeatSignals)[number];

export type HeartbeatUrls = { readonly [Signal in HeartbeatSignal]?: string };

/**
 * One URL as Healthchecks.io has it, or lines such as `success=URL`, for services with other requests; a signal without a line is not sent.
 * @returns undefined for a text that is neither
 */
export function heartbeatUrls(given: string): HeartbeatUrls | undefined {
  const text = given.trim();
  if (isUrl(text)) return { start: withPath(text, 'start'), success: text, failure: withPath(text, 'fail') };
  const urls: Record<string, string> = {};
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const [, name = '', url = ''] = /^([a-z]+)\s*=\s*(\S+)$/.exec(line) ?? [];
    if (!heartbeatSignals.some((signal) => signal === name) || !isUrl(url) || name in urls) return undefined;
    urls[name] = url;
  }
  return urls;
}

/** Whoever reads the URL can tell the service anything: it goes over TLS, but for one on this computer. */
function isUrl(text: string): boolean {
  const url = /\s/.test(text) ? null : URL.parse(text);
  if (url === null) return false;
  return (
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname))
  );
}

/** Before the query, such as `?create=1` of a slug. */
function withPath(text: string, word: string): string {
  const url = new URL(text);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${word}`;
  return url.href;
}
