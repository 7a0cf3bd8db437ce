// The two times of every booking: how they are shown, chosen, and drawn.
import { html } from "htm/preact";
import { useEffect, useId, useRef } from "preact/hooks";
import UPlot from "uplot";
import { money } from "./client.js";

/**
 * A booking: when it counts, when the bank learned of it, and by how much it changes the balance.
 * @typedef {{ valueDate: string, bookedAt: string, amount: number }} Booking
 *
 * As of which times to look: up to and including them, or without a bound.
 * @typedef {{ valuedUpTo: string | undefined, bookedUpTo: string | undefined }} AsOf
 */

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  day: "numeric",
  month: "short",
  year: "numeric",
});
const timeFormat = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", timeStyle: "medium" });

/** @param {string} time */
export const day = (time) => dayFormat.format(new Date(time));

/** The day, and the time of day unless it is midnight. @param {string} time */
export const moment = (time) =>
  time.includes("T00:00:00.000") ? day(time) : `${day(time)}, ${timeFormat.format(new Date(time))}`;

/** @param {Booking[]} bookings @param {"valueDate" | "bookedAt"} axis */
const momentsOf = (bookings, axis) => [...new Set(bookings.map((booking) => booking[axis]))].sort();

/**
 * Two sliders. Each step is a moment at which something was booked, or counts; the last one is now.
 * @param {{ bookings: Booking[], asOf: AsOf, onChange: (asOf: AsOf) => void }} props
 */
export function AsOfSliders({ bookings, asOf, onChange }) {
  return html`
    <div class="sliders">
      <${Slider}
        kind="valued"
        label="Value date"
        hint="when a booking counts"
        moments=${momentsOf(bookings, "valueDate")}
        chosen=${asOf.valuedUpTo}
        onChange=${(/** @type {string | undefined} */ valuedUpTo) => onChange({ ...asOf, valuedUpTo })}
      />
      <${Slider}
        kind="booked"
        label="Booked"
        hint="when the bank learned of it"
        moments=${momentsOf(bookings, "bookedAt")}
        chosen=${asOf.bookedUpTo}
        onChange=${(/** @type {string | undefined} */ bookedUpTo) => onChange({ ...asOf, bookedUpTo })}
      />
    </div>
  `;
}

/**
 * @param {{ kind: string, label: string, hint: string, moments: string[], chosen: string | undefined,
 *   onChange: (chosen: string | undefined) => void }} props
 */
function Slider({ kind, label, hint, moments, chosen, onChange }) {
  const id = useId();
  const last = Math.max(0, moments.length - 1);
  const at = chosen === undefined ? last : moments.indexOf(chosen);
  const text = chosen === undefined ? "now" : moment(chosen);
  return html`
    <div class=${`slider ${kind}`}>
      <label for=${id}>${label} <small>${hint}</small></label>
      <output for=${id}>${chosen === undefined ? "now" : `up to ${text}`}</output>
      <input
        id=${id}
        type="range"
        min="0"
        max=${last}
        value=${at}
        disabled=${last === 0}
        aria-valuetext=${text}
        onInput=${(/** @type {{ currentTarget: HTMLInputElement }} */ { currentTarget }) => {
          const index = Number(currentTarget.value);
          onChange(index === last ? undefined : moments[index]);
        }}
      />
    </div>
  `;
}

/**
 * The balance after each moment of one axis, as far as the other axis allows.
 * @param {Booking[]} bookings
 * @param {{ along: "valueDate" | "bookedAt", within: "valueDate" | "bookedAt", upTo: string | undefined }} view
 */
function balancesAlong(bookings, { along, within, upTo }) {
  /** @type {Map<string, number>} */
  const changes = new Map();
  for (const booking of bookings) {
    const counts = upTo === undefined || booking[within] <= upTo;
    changes.set(booking[along], (changes.get(booking[along]) ?? 0) + (counts ? booking.amount : 0));
  }
  let balance = 0;
  return [...changes]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([time, change]) => {
      balance += change;
      return { time, balance };
    });
}

/** @param {Booking[]} bookings @param {AsOf} asOf */
const balanceAsOf = (bookings, { valuedUpTo, bookedUpTo }) =>
  bookings
    .filter(({ valueDate }) => valuedUpTo === undefined || valueDate <= valuedUpTo)
    .filter(({ bookedAt }) => bookedUpTo === undefined || bookedAt <= bookedUpTo)
    .reduce((sum, { amount }) => sum + amount, 0);

/** @param {string} time */
const seconds = (time) => Date.parse(time) / 1000;

/** What the chart draws: times, the balance by value date, the balance by booking. @param {Booking[]} bookings @param {AsOf} asOf */
function chartData(bookings, { valuedUpTo, bookedUpTo }) {
  const valued = balancesAlong(bookings, { along: "valueDate", within: "bookedAt", upTo: bookedUpTo });
  const booked = balancesAlong(bookings, { along: "bookedAt", within: "valueDate", upTo: valuedUpTo });
  const end = Math.max(Date.now() / 1000, ...[...valued, ...booked].map(({ time }) => seconds(time)));
  /** @type {(line: { time: string, balance: number }[]) => UPlot.AlignedData} */
  const table = (line) => [
    [...line.map(({ time }) => seconds(time)).filter((time) => time < end), end],
    [...line.filter(({ time }) => seconds(time) < end), ...line.slice(-1)].map(({ balance }) => balance / 100),
  ];
  return UPlot.join([table(valued), table(booked)]);
}

/** The colours of the style sheet, which follow the scheme that the reader prefers. */
function colours() {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  return { valued: colour("valued"), booked: colour("booked"), ink: colour("quiet"), line: colour("line") };
}

/** A day, with the year where it begins, or a time of day. @param {number} tick */
const tickLabel = (tick) => {
  const [date, month, year] = day(new Date(tick * 1000).toISOString()).split(" ");
  if (tick % 86_400 !== 0)
    return `${date} ${month}\n${timeFormat.format(tick * 1000).slice(0, tick % 60 === 0 ? 5 : 8)}`;
  return date === "1" && month === "Jan" ? `${date} ${month}\n${year}` : `${date} ${month}`;
};

/**
 * A chart that draws the balance over both times.
 * @param {HTMLElement} target
 * @param {{ current: { data: UPlot.AlignedData, asOf: AsOf, balance: number } }} shown
 */
function openChart(target, shown) {
  const { valued, booked, ink, line } = colours();
  const font = `12px ${getComputedStyle(target).fontFamily}`;
  const axis = { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  const stepped = /** @type {UPlot.Series.SteppedPathBuilderFactory} */ (UPlot.paths.stepped)({ align: 1 });
  /** @param {string} stroke @param {number[]} dash */
  const series = (stroke, dash) => ({
    stroke,
    dash,
    width: 2,
    paths: stepped,
    points: { show: false },
    spanGaps: true,
  });
  return new UPlot(
    {
      width: target.clientWidth,
      height: target.clientHeight,
      legend: { show: false },
      cursor: { show: false },
      padding: [12, 24, 0, 0],
      scales: { y: { range: { min: { pad: 0.1, soft: 0, mode: 1 }, max: { pad: 0.1, soft: 0, mode: 1 } } } },
      tzDate: (time) => UPlot.tzDate(new Date(time * 1000), "Etc/UTC"),
      axes: [
        { ...axis, grid: { show: false }, space: 90, size: 36, values: (_, ticks) => ticks.map(tickLabel) },
        {
          ...axis,
          size: 76,
          values: (_, ticks) => ticks.map((tick) => money(tick * 100, { isRounded: tick % 1 === 0 })),
        },
      ],
      series: [{}, series(valued, []), series(booked, [2, 4])],
      hooks: { draw: [(chart) => drawAsOf(chart, { ...shown.current, valued, booked })] },
    },
    shown.current.data,
    target,
  );
}

/**
 * Draws a line at each chosen time, and a dot on it at the balance, which is the same on both.
 * @param {UPlot} chart
 * @param {{ asOf: AsOf, balance: number, valued: string, booked: string }} shown
 */
function drawAsOf(chart, { asOf, balance, valued, booked }) {
  const { ctx, bbox } = chart;
  const y = chart.valToPos(balance / 100, "y", true);
  for (const [time, colour] of /** @type {const} */ ([
    [asOf.valuedUpTo, valued],
    [asOf.bookedUpTo, booked],
  ])) {
    const x = time === undefined ? bbox.left + bbox.width : chart.valToPos(seconds(time), "x", true);
    ctx.save();
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(x, y, 5 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.restore();
  }
}

/** @param {{ bookings: Booking[], asOf: AsOf }} props */
export function BalanceChart({ bookings, asOf }) {
  const target = useRef(/** @type {HTMLElement | null} */ (null));
  const chart = useRef(/** @type {UPlot | undefined} */ (undefined));
  const balance = balanceAsOf(bookings, asOf);
  const shown = useRef({ data: chartData(bookings, asOf), asOf, balance });
  shown.current = { data: chartData(bookings, asOf), asOf, balance };
  useEffect(() => {
    const element = target.current;
    if (element === null) return;
    const open = () => {
      chart.current?.destroy();
      chart.current = openChart(element, shown);
    };
    open();
    const resizing = new ResizeObserver(() =>
      chart.current?.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    resizing.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", open);
    return () => {
      resizing.disconnect();
      scheme.removeEventListener("change", open);
      chart.current?.destroy();
    };
  }, []);
  useEffect(() => chart.current?.setData(shown.current.data), [bookings, asOf]);
  return html`
    <figure class="chart">
      <div
        ref=${target}
        class="canvas"
        role="img"
        aria-label=${`The balance over value dates and over booking dates. As of the chosen times it is ${money(balance)}.`}
      ></div>
      <figcaption>
        <span class="key valued">what the account held on each value date</span>
        <span class="key booked">what the books said on each booking date</span>
        <p>Where the two part, something was booked on another day than it counts.</p>
      </figcaption>
    </figure>
  `;
}
