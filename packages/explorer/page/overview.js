// The log at a glance.
import { html } from "htm/preact";
import { to } from "./addresses.js";
import { Chart } from "./chart.js";
import { newestEvents, outage, useAnswer } from "./client.js";
import { EventRow, NameList, useTitle } from "./event-list.js";
import { number, several, Text } from "./text.js";

/**
 * @typedef {{ events: number, fromMs: number, intervalMs: number, counts: number[], categories: { category: string, events: number }[] }} Rates
 * @typedef {{ orderingGuarantee: string, horizon: number, newest: number | null, rates: Rates }} Overview
 */

/** @param {number} ms */
function duration(ms) {
  if (ms < 120_000) return several(Math.max(1, Math.round(ms / 1_000)), "second");
  if (ms < 7_200_000) return several(Math.round(ms / 60_000), "minute");
  return ms < 172_800_000 ? several(Math.round(ms / 3_600_000), "hour") : several(Math.round(ms / 86_400_000), "day");
}

/** How often events come, as far as the newest tell. @param {{ rates: Rates }} props */
function RatesSection({ rates }) {
  const { events, fromMs, intervalMs, counts, categories } = rates;
  const times = [...counts, 0].map((_, index) => fromMs + index * intervalMs);
  const said = `The newest ${several(events, "event")}, over ${duration(counts.length * intervalMs)}`;
  return html`
    <section class="rates">
      <h2>Rate</h2>
      <p class="caption">${said}: events in each ${duration(intervalMs)}.</p>
      <${Chart} label=${`${said}.`} times=${times} values=${[[...counts, counts.at(-1) ?? 0]]} isStepped />
      <ul class="shares">
        ${categories.slice(0, 8).map(
          ({ category, events: share }) => html`
            <li>
              <a href=${to("events", { category })}><${Text} text=${category} /></a>
              <span>${number(share)}</span>
              <meter min="0" max=${events} value=${share} aria-label=${`Share of the category among the newest ${events}`}></meter>
            </li>
          `,
        )}
      </ul>
    </section>
  `;
}

export function OverviewView() {
  useTitle("Overview");
  const newest = newestEvents.value?.[0]?.sequenceNumber;
  const { data } = useAnswer("api/overview", { when: newest });
  const overview = /** @type {Overview | undefined} */ (data);
  const events = newestEvents.value;
  return html`
    <div class="head">
      <h1 tabindex="-1">The log</h1>
      <p class="about">
        ${
          overview === undefined
            ? "Loading."
            : overview.newest === null
              ? "It is empty."
              : html`Its newest event has the number <a href=${to("event", { number: overview.newest })}>${number(overview.newest)}</a>.
                  Order is guaranteed within ${overview.orderingGuarantee === "log" ? "the log" : `each ${overview.orderingGuarantee}`}.`
        }
      </p>
    </div>
    <div class="beside">
      <section>
        <h2>Newest events</h2>
        <p class=${`caption live ${outage.value === undefined ? "" : "lost"}`}>
          ${outage.value === undefined ? "Live: looked for every two seconds." : "Not live at present."}
        </p>
        <ol class="event-outline" aria-label="Newest events">
          ${events?.map((event) => html`<${EventRow} key=${event.sequenceNumber} event=${event} />`)}
        </ol>
        <p><a href=${to("events")}>All events</a></p>
      </section>
      <div>
        ${overview !== undefined && overview.rates.events > 0 && html`<${RatesSection} rates=${overview.rates} />`}
        <section>
          <h2>Categories</h2>
          <${NameList} path="api/categories" values=${{}} view="events" parameter="category" empty="There are none." />
        </section>
      </div>
    </div>
  `;
}
