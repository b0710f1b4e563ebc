/** The metrics of what this run found, where somebody wants them. */
import { explainInLine } from '../../runtime/errors.ts';
import { version } from '../../runtime/version.ts';
import { metricsOf } from '../../watch/metrics/metrics.ts';
import { metricsText, type TextFormat } from '../../watch/metrics/text.ts';
import type { WatchedSource } from '../../watch/watchdog/watched.ts';
import { type Found, ofAllRepositories } from './found.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';

/** Key in the receipt bucket. */
export const metricsKey = 'watch/metrics.prom';

/** Content types: Prometheus, "Exposition formats"; OpenMetrics 1.0, "Overall structure". */
const contentTypes: Readonly<Record<TextFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/**
 * What fails is a warning: metrics never cost the watch. A Pushgateway keeps those of each repository apart; the bucket has one object, so
 * that it holds the sources of all repositories of the account, whoever of them writes it.
 * @param found with `watched`: the sources of this repository
 */
export async function keepMetrics(
  { metrics, receiptBucket }: Settings,
  ports: Ports,
  { timeline, logger, signal }: Context,
  found: Found & { readonly watched: readonly WatchedSource[] },
): Promise<void> {
  if (metrics === 'none') return;
  // Textfile collectors and the Pushgateway read Prometheus' own format, and not OpenMetrics.
  const format = metrics === 'bucket-openmetrics' ? 'openmetrics' : 'prometheus';
  const inBucket = metrics === 'bucket' || metrics === 'bucket-openmetrics';
  const { now } = found;
  try {
    const watched = inBucket ? ofAllRepositories(found).flatMap(({ sources }) => sources) : found.watched;
    const text = metricsText(metricsOf({ watched, now, version }), format);
    await timeline.step('Keep the metrics', async () => {
      if (!inBucket) {
        const delivery = await ports.push(metrics, { repository: ports.repository }, text);
        if (!delivery.sent) logger.warning(`the metrics were not pushed: ${delivery.reason}`);
        return;
      }
      const object = {
        bucket: receiptBucket,
        key: metricsKey,
        contentType: contentTypes[format],
        tags: {},
        metadata: {},
      };
      await ports.objects.put(object, text);
    });
  } catch (error) {
    signal.throwIfAborted();
    logger.warning(`there are no metrics: ${explainInLine(error)}`);
  }
}
