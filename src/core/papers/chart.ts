/** Charts as pictures: bars and lines over the same labels, drawn as PNG. */
import { createRequire } from 'node:module';
import type { Chart, ChartConfiguration, ChartDataset } from 'chart.js';

export interface Series {
  readonly label: string;
  /** `level` is a line at one height: a limit. */
  readonly kind: 'bars' | 'line' | 'level';
  /** One a label. */
  readonly values: readonly number[];
}

export interface Picture {
  readonly title: string;
  /** Along the foot; more than there is room for are left out, evenly. */
  readonly labels: readonly string[];
  /** At most one of each kind looks well. */
  readonly series: readonly Series[];
  /** How a value is written. */
  readonly written: (value: number) => string;
}

// in pixels, drawn twice as fine: legible on a phone as well as in a mail
const [width, height, fineness] = [960, 480, 2];
const family = 'Guichet Sans';
const colours = { bars: '#3f8f83', line: '#1f3b73', level: '#b3261e' } as const;
const [ink, grid, paper] = ['#1c2321', '#dfe4e1', '#ffffff'];

type Canvas = typeof import('@napi-rs/canvas');
interface Tools {
  readonly canvas: Canvas;
  readonly Chart: typeof Chart;
}

let loaded: Promise<Tools> | undefined;

/** Both are heavy, and few processes ever draw. */
async function load(): Promise<Tools> {
  const [canvas, chart] = await Promise.all([import('@napi-rs/canvas'), import('chart.js')]);
  const {
    BarController,
    BarElement,
    CategoryScale,
    Legend,
    LinearScale,
    LineController,
    LineElement,
    PointElement,
    Title,
  } = chart;
  chart.Chart.register(
    ...[
      BarController,
      BarElement,
      CategoryScale,
      Legend,
      LinearScale,
      LineController,
      LineElement,
      PointElement,
      Title,
    ],
  );
  // the same letters on every machine, and those of every European name
  const { resolve } = createRequire(import.meta.url);
  for (const face of ['DejaVuSans', 'DejaVuSans-Bold'])
    canvas.GlobalFonts.registerFromPath(resolve(`dejavu-fonts-ttf/ttf/${face}.ttf`), family);
  return { canvas, Chart: chart.Chart };
}

/** Draws it; some hundred milliseconds, the first a little longer. */
export async function drawPicture(picture: Picture): Promise<Buffer> {
  const { canvas, Chart: Drawing } = await (loaded ??= load());
  // the drawing makes it finer by itself
  const surface = canvas.createCanvas(width, height);
  const drawing = new Drawing(surface, configuration(picture));
  try {
    const context = surface.getContext('2d');
    context.resetTransform();
    context.globalCompositeOperation = 'destination-over';
    context.fillStyle = paper;
    context.fillRect(0, 0, surface.width, surface.height);
    return await surface.encode('png');
  } finally {
    drawing.destroy();
  }
}

function configuration({ title, labels, series, written }: Picture): ChartConfiguration {
  const font = { family, size: 13 };
  return {
    type: 'bar',
    data: { labels: [...labels], datasets: series.map(dataset) },
    options: {
      animation: false,
      responsive: false,
      devicePixelRatio: fineness,
      layout: { padding: 16 },
      color: ink,
      font,
      plugins: {
        title: {
          display: true,
          text: title,
          color: ink,
          font: { family, size: 17, weight: 'bold' },
          padding: { bottom: 8 },
        },
        legend: { position: 'bottom', labels: { color: ink, font, boxWidth: 22 } },
      },
      scales: {
        x: { grid: { display: false }, ticks: { color: ink, font, maxRotation: 45 } },
        y: {
          grid: { color: grid },
          ticks: { color: ink, font, callback: (value) => written(Number(value)), maxTicksLimit: 9 },
        },
      },
    },
  };
}

function dataset({ label, kind, values }: Series): ChartDataset {
  const colour = colours[kind];
  const shown = { label, data: [...values], backgroundColor: colour, borderColor: colour };
  if (kind === 'bars') return { ...shown, type: 'bar', order: 1, maxBarThickness: 48 };
  const line = { ...shown, type: 'line' as const, order: 0, borderWidth: 3 };
  if (kind === 'level') return { ...line, borderWidth: 2, borderDash: [8, 6], pointRadius: 0 };
  return { ...line, pointRadius: 3.5 };
}
