/** The metrics of what this run found, where somebody wants them. */
import { explainInLine } from '../../runtime/errors.ts';
import { version } from '../../runtime/version.ts';
import { metricsOf } from '../../watch/metrics/metrics.ts';
import { metricsText, type TextFormat } from '../../watch/metrics/text.ts';
import type { WatchedSource } from '../../watch/watchdog/watched.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';

/** Key in the receipt bucket. */
export const metricsKey = 'watch/metrics.prom';

/** Content types: Prometheus, "Exposition formats"; OpenMetrics 1.0, "Overall structure". */
const contentTypes: Readonly<Record<TextFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** What fails is a warning: metrics never cost the watch. */
export async function keepMetrics(
  { metrics, receiptBucket }: Settings,
  ports: Ports,
  { timeline, logger, signal }: Context,
  { watched, now }: { readonly watched: readonly WatchedSource[]; readonly now: Date },
): Promise<void> {
  if (metrics === 'none') return;
  // Textfile collectors and the Pushgateway read Prometheus' own format, and not OpenMetrics.
  const format = metrics === 'bucket-openmetrics' ? 'openmetrics' : 'prometheus';
  const text = metricsText(metricsOf({ watched, now, version }), format);
  try {
    await timeline.step('Keep the metrics', async () => {
      if (metrics !== 'bucket' && metrics !== 'bucket-openmetrics') {
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
