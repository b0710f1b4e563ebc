/**
 * The text formats of Prometheus and OpenMetrics. Both forbid samples of a family to stand apart, and neither takes a line feed in a label
 * unescaped (Prometheus, "Exposition formats"; OpenMetrics 1.0, "Text format").
 */

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A family of gauges. Its name ends with its unit, where it has one. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly unit?: 'seconds' | 'bytes' | undefined;
  readonly samples: readonly Sample[];
}

export type TextFormat = 'prometheus' | 'openmetrics';

export function metricsText(families: readonly Family[], format: TextFormat): string {
  const shown = families.filter(({ samples }) => samples.length > 0);
  const end = format === 'openmetrics' ? '# EOF\n' : '';
  return `${shown.map((family) => familyText(family, format)).join('')}${end}`;
}

function familyText({ name, help, unit, samples }: Family, format: TextFormat): string {
  const head = [
    `# HELP ${name} ${escapedHelp(help, format)}`,
    `# TYPE ${name} gauge`,
    ...(format === 'openmetrics' && unit !== undefined ? [`# UNIT ${name} ${unit}`] : []),
  ];
  const lines = samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${numberText(value)}`);
  return `${[...head, ...lines].join('\n')}\n`;
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escapedLabel(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

/** Halves of characters are no UTF-8, which both formats are. */
function escapedLabel(text: string): string {
  return text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapedHelp(text: string, format: TextFormat): string {
  const escaped = text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return format === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}
