// Parked events of a subscription: why they failed, and what can be done about them.
import { useSignal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { given, search, to } from "./addresses.js";
import { about, announcement, ask, askFor, RefusedError, refresh, useAnswer } from "./client.js";
import { Refusal, useTitle } from "./event-list.js";
import { several, Text, Time } from "./text.js";

/**
 * @typedef {{ sequenceNumber: number, hash: number, partition: number, category: string, stream: string, isWholeStream: boolean,
 *   attempts: number, error: string, parkedAtMs: number }} ParkedEvent
 * @typedef {{ count: number, events: ParkedEvent[], next: { sequenceNumber: number, hash: number } | null }} ParkedPage
 *
 * What is about to be asked: of which events, and how many those are.
 * @typedef {{ kind: "replay" | "drop", selection: import("./addresses.js").Values, what: string, count: number }} Change
 */

const VERBS = { replay: "Replay", drop: "Drop" };
const EFFECTS = {
  replay: "A node with the handler handles them again. Each that succeeds is no longer parked.",
  drop: "They are never handled, and this cannot be undone.",
};

/**
 * Names the number of events before anything is asked.
 * @param {{ subscription: string, change: Change, onEnd: () => void }} props
 */
function Confirmation({ subscription, change: { kind, selection, what, count }, onEnd }) {
  const problem = useSignal(/** @type {import("./client.js").Problem | undefined} */ (undefined));
  const first = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useEffect(() => first.current?.focus(), []);
  const confirm = async () => {
    const headers = { "content-type": "application/json" };
    try {
      const path = `api/parked/${kind}${search({ subscription, ...selection })}`;
      const { isWaiting } = await ask(path, { method: "POST", headers, body: JSON.stringify({ count }) });
      announcement.value = `${VERBS[kind]} of ${several(count, "event")} ${isWaiting ? "was asked for" : "is done"}.`;
      onEnd();
      refresh();
    } catch (error) {
      if (error instanceof RefusedError) problem.value = error.problem;
    }
  };
  return html`
    <div class="confirmation" role="group" aria-label="Confirm">
      <p><strong>${VERBS[kind]} ${several(count, "parked event")}</strong> ${what}? ${EFFECTS[kind]}</p>
      <p class="choices"><button type="button" class=${kind === "drop" ? "final" : "primary"} ref=${first} onClick=${confirm}>${VERBS[kind]} ${several(count, "event")}</button>
      <button type="button" onClick=${onEnd}>Leave it</button></p>
      <${Refusal} problem=${problem.value} />
    </div>
  `;
}

/** @param {{ event: ParkedEvent, onAsk: (kind: Change["kind"], event: ParkedEvent) => void }} props */
function ParkedRow({ event, onAsk }) {
  const { sequenceNumber, partition, category, stream, isWholeStream, attempts, error, parkedAtMs } = event;
  return html`
    <li>
      <a class="number" href=${to("event", { number: sequenceNumber })}>${sequenceNumber}</a>
      <span class="where"><a href=${to("events", { category, stream })}><${Text} text=${stream} /></a>, partition ${partition}</span>
      <${Time} ms=${parkedAtMs} />
      <p class="refusal"><${Text} text=${error} lines /></p>
      <p class="caption">${several(attempts, "try", "tries")}. ${isWholeStream && "All later events of its stream wait for it."}</p>
      ${
        about.value?.allowChanges &&
        html`<p class="choices">
          <button type="button" onClick=${() => onAsk("replay", event)}>Replay ${isWholeStream ? "the stream" : "it"}</button>
          <button type="button" onClick=${() => onAsk("drop", event)}>Drop ${isWholeStream ? "the stream's" : "it"}</button>
        </p>`
      }
    </li>
  `;
}

export function ParkedView() {
  const { subscription = "", ...after } = given("subscription", "after", "hash");
  useTitle(`Parked events of ${subscription}`);
  const answer = useAnswer(`api/parked${search({ subscription, ...after })}`);
  const page = /** @type {ParkedPage | undefined} */ (answer.data);
  const change = useSignal(/** @type {Change | undefined} */ (undefined));
  const problem = useSignal(/** @type {import("./client.js").Problem | undefined} */ (undefined));
  /** @param {Change["kind"]} kind @param {import("./addresses.js").Values} selection @param {string} what */
  const prepare = async (kind, selection, what) => {
    change.value = undefined;
    problem.value = undefined;
    try {
      const { count } = await askFor("api/parked/count", { subscription, ...selection });
      change.value = { kind, selection, what, count };
    } catch (error) {
      if (error instanceof RefusedError) problem.value = error.problem;
    }
  };
  /** @param {Change["kind"]} kind @param {ParkedEvent} event */
  const askOf = (kind, { isWholeStream, sequenceNumber, category, stream }) =>
    isWholeStream
      ? prepare(kind, { category, stream }, "of this stream")
      : prepare(kind, { event: sequenceNumber }, `with the number ${sequenceNumber}`);
  return html`
    <div class="head">
      <nav class="trail" aria-label="Where this is"><a href=${to("subscriptions")}>Subscriptions</a></nav>
      <h1 tabindex="-1">Parked events of <${Text} text=${subscription} /></h1>
      <p class="about">${page && several(page.count, "event")}</p>
      ${
        about.value?.allowChanges &&
        page !== undefined &&
        page.count > 0 &&
        html`<p class="choices">
          <button type="button" onClick=${() => prepare("replay", {}, "of this subscription")}>Replay all</button>
          <button type="button" onClick=${() => prepare("drop", {}, "of this subscription")}>Drop all</button>
        </p>`
      }
    </div>
    <${Refusal} problem=${answer.problem ?? problem.value} />
    ${change.value && html`<${Confirmation} key=${search({ ...change.value.selection, kind: change.value.kind })} subscription=${subscription} change=${change.value} onEnd=${() => (change.value = undefined)} />`}
    <ol class="parked" aria-label="Parked events">
      ${page?.events.map((event) => html`<${ParkedRow} key=${`${event.sequenceNumber}/${event.hash}`} event=${event} onAsk=${askOf} />`)}
    </ol>
    ${page?.events.length === 0 && html`<p class="empty">Nothing is parked.</p>`}
    ${page?.next && html`<nav class="paging" aria-label="Pages"><a href=${to("parked", { subscription, after: page.next.sequenceNumber, hash: page.next.hash })}>Next</a></nav>`}
  `;
}
