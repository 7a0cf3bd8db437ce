// Charts over time, in the colours of the style sheet.
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import UPlot from "uplot";

/**
 * A line over time.
 * @typedef {{ times: number[], values: (number | null)[][], isStepped?: boolean }} Drawn times in epoch milliseconds, rising
 */

/** The colours of lines, in their order: names of variables of the style sheet. */
const COLOURS = ["accent", "second", "third", "fourth", "quiet"];

/** The class of the key of a line. @param {number} index */
export const keyClass = (index) => `key key-${COLOURS[Math.min(index, COLOURS.length - 1)]}`;

/** A chart shows so many seconds at least. */
const SHORTEST_S = 10;

/** From the first time to the last. What uPlot suggests for a single one is years long. @param {ArrayLike<number>} times @returns {[number, number]} */
function rangeOf(times) {
  const first = times[0] ?? 0;
  return [first, Math.max(times[times.length - 1] ?? 0, first + SHORTEST_S)];
}

const DAY_S = 86_400;

/** Days, or times of a day, beneath which the first one has its date. @param {number[]} ticks */
function tickLabels(ticks) {
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  return ticks.map((tick, index) => {
    const iso = new Date(tick * 1_000).toISOString();
    if (step >= DAY_S) return iso.slice(0, 10);
    return iso.slice(11, step < 60 ? 19 : 16) + (index === 0 ? `\n${iso.slice(0, 10)}` : "");
  });
}

/** @param {Drawn} drawn @returns {UPlot.AlignedData} */
const dataOf = ({ times, values }) => [times.map((ms) => ms / 1_000), ...values];

/** @param {HTMLElement} target @param {Drawn} drawn */
function open(target, drawn) {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour("quiet"),
    font: `12px ${getComputedStyle(target).fontFamily}`,
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
  };
  const stepped = /** @type {UPlot.Series.SteppedPathBuilderFactory} */ (UPlot.paths.stepped)({ align: 1 });
  return new UPlot(
    {
      width: target.clientWidth,
      height: target.clientHeight,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 12, 0, 0],
      tzDate: (time) => UPlot.tzDate(new Date(time * 1_000), "Etc/UTC"),
      scales: {
        x: { range: ({ data: [times] }) => rangeOf(times) },
        y: { range: (_, __, most) => [0, Math.max(1, most ?? 0) * 1.1] },
      },
      axes: [
        { ...axis, grid: { show: false }, space: 80, size: 40, values: (_, ticks) => tickLabels(ticks) },
        { ...axis, size: 56, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9] },
      ],
      series: [
        {},
        ...drawn.values.map((_, index) => {
          const name = COLOURS[Math.min(index, COLOURS.length - 1)] ?? "quiet";
          const line = { stroke: colour(name), width: 2, points: { show: drawn.times.length < 2 } };
          return drawn.isStepped ? { ...line, paths: stepped, fill: colour("wash") } : line;
        }),
      ],
    },
    dataOf(drawn),
    target,
  );
}

/** @param {Drawn & { label: string }} props `label`: what the chart shows, for those who do not see it */
export function Chart({ label, ...drawn }) {
  const target = useRef(/** @type {HTMLElement | null} */ (null));
  const chart = useRef(/** @type {UPlot | undefined} */ (undefined));
  const shown = useRef(drawn);
  shown.current = drawn;
  useEffect(() => {
    const element = target.current;
    if (element === null) return;
    const reopen = () => {
      chart.current?.destroy();
      chart.current = open(element, shown.current);
    };
    reopen();
    const resizing = new ResizeObserver(() =>
      chart.current?.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    resizing.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", reopen);
    return () => {
      resizing.disconnect();
      scheme.removeEventListener("change", reopen);
      chart.current?.destroy();
    };
  }, [drawn.values.length]);
  useEffect(() => chart.current?.setData(dataOf(shown.current)), [drawn.times, drawn.values]);
  return html`<div ref=${target} class="chart" role="img" aria-label=${label}></div>`;
}
