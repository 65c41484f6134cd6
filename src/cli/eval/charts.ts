/** Text as it may stand in HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const BAR = { width: 420, height: 18, gap: 8, label: 190, value: 70 } as const;

/** Horizontal bars of shares (0 to 1), each with its label and its value. */
export function barChart(
  title: string,
  bars: readonly { readonly label: string; readonly share: number | null; readonly note: string }[],
): string {
  const height = bars.length * (BAR.height + BAR.gap) + BAR.gap;
  const width = BAR.label + BAR.width + BAR.value + 90;
  const rows = bars.map(({ label, share, note }, index) => {
    const y = BAR.gap + index * (BAR.height + BAR.gap);
    const middle = y + BAR.height / 2;
    const shown = share === null ? '–' : `${(share * 100).toFixed(1)} %`;
    return [
      `<text x="${BAR.label - 8}" y="${middle}" class="end">${escaped(label)}</text>`,
      `<rect x="${BAR.label}" y="${y}" width="${BAR.width}" height="${BAR.height}" class="track"/>`,
      `<rect x="${BAR.label}" y="${y}" width="${(share ?? 0) * BAR.width}" height="${BAR.height}" class="bar"/>`,
      `<text x="${BAR.label + BAR.width + 8}" y="${middle}">${shown}</text>`,
      `<text x="${BAR.label + BAR.width + BAR.value}" y="${middle}" class="quiet">${escaped(note)}</text>`,
    ].join('');
  });
  return svg(title, { width, height }, rows.join('\n'));
}

const BINS = 24;
const HISTOGRAM = { width: 700, height: 180, foot: 22 } as const;

/** How many runs fall into each of equal parts of the range of their values (milliseconds), with marked values as lines. */
export function histogram(
  title: string,
  values: readonly number[],
  marks: Readonly<Record<string, number>>,
): string {
  const most = Math.max(...values, 1);
  const counts = Array.from({ length: BINS }, () => 0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.floor((value / most) * BINS));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const tallest = Math.max(...counts, 1);
  const { width, height, foot } = HISTOGRAM;
  const bars = counts.map((count, bin) => {
    const tall = (count / tallest) * (height - 20);
    const x = (bin * width) / BINS;
    return `<rect x="${x + 1}" y="${height - tall}" width="${width / BINS - 2}" height="${tall}" class="bar"><title>${count}</title></rect>`;
  });
  const lines = Object.entries(marks).map(([label, value], index) => {
    const x = (value / most) * width;
    const y = 12 + (index % 3) * 14;
    const side = x > width * 0.8 ? 'class="end"' : '';
    return `<line x1="${x}" x2="${x}" y1="0" y2="${height}" class="mark"/><text x="${side === '' ? x + 4 : x - 4}" y="${y}" ${side}>${escaped(label)} ${Math.round(value)} ms</text>`;
  });
  const axis = `<text x="0" y="8" class="quiet">${tallest} ${tallest === 1 ? 'run' : 'runs'}</text><text x="0" y="${height + 14}" class="quiet">0</text><text x="${width}" y="${height + 14}" class="quiet end">${Math.round(most)} ms</text>`;
  return svg(title, { width, height: height + foot }, [...bars, ...lines, axis].join('\n'));
}

function svg(
  title: string,
  { width, height }: { readonly width: number; readonly height: number },
  content: string,
): string {
  return `<svg role="img" aria-label="${escaped(title)}" viewBox="0 0 ${width} ${height}" width="${width}">\n${content}\n</svg>`;
}
