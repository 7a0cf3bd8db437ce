// Subscriptions: who works on them, how far they are, and what is wrong.
import { useSignal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { search, to } from "./addresses.js";
import { Chart, keyClass } from "./chart.js";
import { about, ask, RefusedError, useAnswer } from "./client.js";
import { Refusal, useTitle } from "./event-list.js";
import { number, several, Text, Time } from "./text.js";

/**
 * @typedef {{ partition: number, done: number, behind: number | null, owner: string | null, isPaused: boolean, error: string | null,
 *   parked: number, waitingFor: string[] }} Partition
 * @typedef {{ name: string, source: string, partitioning: string, repartitionedTo: number | null, partitions: Partition[] }} Subscription
 * @typedef {{ nodes: { name: string, beatAtMs: number, leaseMs: number }[], subscriptions: Subscription[] }} Processing
 * @typedef {{ isComplete: boolean, partitions: { events: number, oldestMs?: number }[] }} Lag
 */

/** What was seen of the lag since the view was opened: times, and what each subscription was behind. Half an hour at most. */
const MOST_SEEN = 900;

/** @param {Subscription} subscription */
const behindOf = ({ partitions }) => partitions.reduce((most, { behind }) => Math.max(most, behind ?? 0), 0);

/** @param {Processing | undefined} processing */
function useLagOverTime(processing) {
  const seen = useSignal(/** @type {{ ms: number, behind: Map<string, number> }[]} */ ([]));
  useEffect(() => {
    if (processing === undefined) return;
    const behind = new Map(processing.subscriptions.map((each) => [each.name, behindOf(each)]));
    seen.value = [...seen.value, { ms: Date.now(), behind }].slice(-MOST_SEEN);
  }, [processing]);
  return seen.value;
}

/** @param {{ name: string }} props */
function CountLag({ name }) {
  const lag = useSignal(/** @type {Lag | undefined} */ (undefined));
  const problem = useSignal(/** @type {import("./client.js").Problem | undefined} */ (undefined));
  const count = async () => {
    try {
      lag.value = await ask(`api/subscriptions/lag${search({ name })}`);
    } catch (error) {
      if (error instanceof RefusedError) problem.value = error.problem;
    }
  };
  const events = lag.value?.partitions.reduce((sum, each) => sum + each.events, 0) ?? 0;
  return html`
    <button type="button" onClick=${count}>Count what waits</button>
    <span role="status">${lag.value && ` ${lag.value.isComplete ? "" : "More than "}${several(events, "event")} to handle.`}</span>
    <${Refusal} problem=${problem.value} />
  `;
}

/** @param {Partition} partition */
function stateOf({ isPaused, error, owner }) {
  if (isPaused) return "paused";
  if (error !== null) return "failing";
  return owner === null ? "free" : "held";
}

/** @param {{ subscription: Subscription }} props */
function SubscriptionSection({ subscription: { name, source, partitions, repartitionedTo } }) {
  const parked = partitions.reduce((sum, each) => sum + each.parked, 0);
  const errors = partitions.filter(({ error }) => error !== null);
  return html`
    <section class="subscription">
      <h2><${Text} text=${name} /></h2>
      <p class="caption">
        Reads <${Text} text=${source} />.
        ${repartitionedTo !== null && ` It is being given ${several(repartitionedTo, "partition")}.`}
        ${parked > 0 && html` <a href=${to("parked", { subscription: name })}>${several(parked, "parked event")}</a>.`}
      </p>
      <div class="scrolled" tabindex="0" role="region" aria-label=${`Partitions of ${name}`}>
        <table>
          <thead><tr><th>Partition</th><th>State</th><th>Node</th><th class="amount">Done</th><th class="amount">Behind</th><th class="amount">Parked</th></tr></thead>
          <tbody>
            ${partitions.map(
              (partition) => html`
                <tr key=${partition.partition}>
                  <th scope="row">${partition.partition}</th>
                  <td><span class=${`state ${stateOf(partition)}`}>${stateOf(partition)}</span>${partition.waitingFor.map((kind) => html` <span class="tag">${kind} asked</span>`)}</td>
                  <td>${partition.owner === null ? "" : html`<${Text} text=${partition.owner} />`}</td>
                  <td class="amount">${number(partition.done)}</td>
                  <td class="amount">${partition.behind === null ? "?" : number(partition.behind)}</td>
                  <td class="amount">${number(partition.parked)}</td>
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
      ${errors.map(({ partition, error }) => html`<p class="refusal" key=${partition}><strong>Partition ${partition}</strong> <${Text} text=${error ?? ""} lines /></p>`)}
      ${about.value?.subscriptions.includes(name) && html`<p><${CountLag} name=${name} /></p>`}
    </section>
  `;
}

export function SubscriptionsView() {
  useTitle("Subscriptions");
  const answer = useAnswer("api/subscriptions", { everyMs: 2_000 });
  const processing = /** @type {Processing | undefined} */ (answer.data);
  const seen = useLagOverTime(processing);
  const names = processing?.subscriptions.map(({ name }) => name) ?? [];
  const drawn = names.slice(0, 5);
  return html`
    <div class="head"><h1 tabindex="-1">Subscriptions</h1></div>
    <${Refusal} problem=${answer.problem} />
    ${
      processing?.subscriptions.length === 0
        ? html`<p class="empty">No subscription is stored.</p>`
        : html`
          <figure>
            <figcaption>
              <h2>Lag</h2>
              <p class="caption">How far the furthest behind of each subscription's partitions is, in sequence numbers, since this view was opened.</p>
            </figcaption>
            <${Chart}
              label="Lag of subscriptions over time. The tables below have the numbers of now."
              times=${seen.map(({ ms }) => ms)}
              values=${drawn.map((name) => seen.map(({ behind }) => behind.get(name) ?? null))}
            />
            <ul class="keys">${drawn.map((name, index) => html`<li key=${name} class=${keyClass(index)}><${Text} text=${name} /></li>`)}</ul>
          </figure>
        `
    }
    ${processing?.subscriptions.map((subscription) => html`<${SubscriptionSection} key=${subscription.name} subscription=${subscription} />`)}
    ${
      processing !== undefined &&
      html`
        <section>
          <h2>Nodes</h2>
          ${processing.nodes.length === 0 && html`<p class="empty">No node is running.</p>`}
          <ul class="nodes">${processing.nodes.map(({ name, beatAtMs }) => html`<li key=${name}><${Text} text=${name} />, last sign of life <${Time} ms=${beatAtMs} /></li>`)}</ul>
        </section>
      `
    }
  `;
}
