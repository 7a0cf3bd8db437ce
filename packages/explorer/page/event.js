// One event, what caused it, and what it caused.
import { html } from "htm/preact";
import { given, search, to } from "./addresses.js";
import { about, useAnswer } from "./client.js";
import { EventRow, LookOutcome, Refusal, Trail, useLook, useTitle } from "./event-list.js";
import { isCut, Json, number, size, Text, Time } from "./text.js";

/**
 * @typedef {import("./client.js").EventText} EventText
 * @typedef {{ id: string, name: string, category: string, stream: string, position: number, sequenceNumber: number }} NamedEvent
 * @typedef {{ event: EventText, previousInStream: number | null, nextInStream: number | null, correlationId: string,
 *   actor: string | null, causes: NamedEvent[], furtherCause: string | null }} Detail
 */

/** @param {{ detail: Detail }} props */
function Facts({ detail: { event, correlationId, actor } }) {
  const { id, category, stream, position, version, tags, observedAtMs, occurredAtMs } = event;
  return html`
    <dl class="facts">
      <div><dt>Stream</dt><dd><a href=${to("events", { category, stream })}><${Text} text=${stream} /></a>, position ${number(position)}</dd></div>
      <div><dt>Observed</dt><dd><${Time} ms=${observedAtMs} /></dd></div>
      <div><dt>Occurred</dt><dd>${occurredAtMs === observedAtMs ? "at the same time" : html`<${Time} ms=${occurredAtMs} />`}</dd></div>
      <div><dt>Version</dt><dd>${version}</dd></div>
      <div><dt>Id</dt><dd><code>${id}</code></dd></div>
      <div><dt>Belongs to</dt><dd><a href=${to("events", { member: "correlationId", value: correlationId })}><${Text} text=${correlationId} /></a></dd></div>
      ${actor !== null && html`<div><dt>Caused by</dt><dd><a href=${to("events", { member: "actor", value: actor })}><${Text} text=${actor} /></a></dd></div>`}
      ${tags.length > 0 && html`<div><dt>Tags</dt><dd>${tags.map((tag) => html`<span class="tag" key=${tag}><${Text} text=${tag} /></span> `)}</dd></div>`}
    </dl>
  `;
}

/** @param {{ title: string, json: string, length: number, sequenceNumber: number }} props */
function Content({ title, json, length, sequenceNumber }) {
  const wasCut = isCut(json, length);
  return html`
    <section>
      <h2>${title}</h2>
      ${
        wasCut &&
        html`<p class="caption">The beginning of ${size(length)}.
        ${title === "Payload" && html` <a href=${`api/event/payload${search({ number: sequenceNumber })}`} download>Download all of it</a>`}</p>`
      }
      <${Json} json=${json} label=${title} />
    </section>
  `;
}

/** @param {{ detail: Detail }} props */
function Causes({ detail: { causes, furtherCause } }) {
  return html`
    <section>
      <h2>What caused it</h2>
      ${causes.length === 0 && furtherCause === null && html`<p class="empty">Its metadata names no cause.</p>`}
      <ol class="causes">
        ${causes.map(
          ({ sequenceNumber, name, stream }) => html`
            <li key=${sequenceNumber}>
              <a href=${to("event", { number: sequenceNumber })}><span class="number">${sequenceNumber}</span> <${Text} text=${name} /></a>${" "}
              <span class="where"><${Text} text=${stream} /></span>
            </li>
          `,
        )}
        ${furtherCause !== null && html`<li><a href=${to("event", { id: furtherCause })}><${Text} text=${furtherCause} /></a></li>`}
      </ol>
    </section>
  `;
}

/** Effects come later than their cause, somewhere: they are looked for from it on. @param {{ event: EventText }} props */
function Effects({ event: { id, sequenceNumber } }) {
  const { look, goOn } = useLook({ after: sequenceNumber, member: "causationId", value: id });
  return html`
    <section>
      <h2>What it caused</h2>
      <ol class="event-outline">${look.events.map((effect) => html`<${EventRow} key=${effect.sequenceNumber} event=${effect} />`)}</ol>
      <${Refusal} problem=${look.problem} />
      <${LookOutcome} look=${look} goOn=${goOn} what="effects" />
    </section>
  `;
}

export function EventView() {
  const { data, problem } = useAnswer(`api/event${search(given("number", "id"))}`);
  const detail = /** @type {Detail | undefined} */ (data);
  useTitle(detail?.event.name ?? "Event");
  if (detail === undefined)
    return html`<div class="head"><h1 tabindex="-1">${problem ? "No such event" : "Event"}</h1></div><${Refusal} problem=${problem} />`;
  const { event, previousInStream, nextInStream } = detail;
  const { category, stream, sequenceNumber, position } = event;
  const folds = about.value?.projectors.some(({ foldsStreams }) => foldsStreams) ?? false;
  return html`
    <div class="head">
      <${Trail} category=${category} stream=${stream} />
      <h1 tabindex="-1"><${Text} text=${event.name} /> <span class="number">${sequenceNumber}</span></h1>
      <nav class="paging" aria-label="Neighbours">
        ${previousInStream !== null && html`<a href=${to("event", { number: previousInStream })}>Before it in its stream</a>`}
        ${nextInStream !== null && html`<a href=${to("event", { number: nextInStream })}>After it in its stream</a>`}
        <a href=${to("events", { after: Math.max(0, sequenceNumber - 25) })}>Around it in the log</a>
        ${folds && html`<a href=${to("state", { category, stream, position })}>What it changed</a>`}
      </nav>
    </div>
    <div class="beside">
      <div>
        <${Content} title="Payload" json=${event.payload} length=${event.payloadLength} sequenceNumber=${sequenceNumber} />
        ${event.metadata !== null && html`<${Content} title="Metadata" json=${event.metadata} length=${event.metadataLength} sequenceNumber=${sequenceNumber} />`}
      </div>
      <div>
        <section><h2>Facts</h2><${Facts} detail=${detail} /></section>
        <${Causes} detail=${detail} />
        <${Effects} key=${event.id} event=${event} />
      </div>
    </div>
  `;
}
