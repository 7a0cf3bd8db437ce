// Lists of events and of names, page by page.
import { useSignal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { given, go, here, search, to } from "./addresses.js";
import { about, askFor, generation, newestEvents, RefusedError, useAnswer } from "./client.js";
import { isCut, number, plain, several, size, Text, Time } from "./text.js";

/**
 * @typedef {import("./client.js").EventText} EventText
 * @typedef {import("./client.js").EventPage} EventPage
 * @typedef {import("./client.js").Problem} Problem
 */

/** @param {string} title */
export function useTitle(title) {
  useEffect(() => {
    document.title = `${plain(title)} · eventfold explorer`;
  }, [title]);
}

/** Says why something is refused. @param {{ problem: Problem | undefined }} props */
export function Refusal({ problem }) {
  return html`<div role="alert">
    ${problem && html`<p class="refusal"><strong>${problem.title}.</strong> <${Text} text=${problem.detail} lines /></p>`}
  </div>`;
}

/** The way to a stream, from the log. @param {{ category?: string, stream?: string }} props */
export function Trail({ category, stream }) {
  return html`
    <nav class="trail" aria-label="Where this is">
      <a href=${to("events")}>log</a>
      ${category && html` / <a href=${to("events", { category })}><${Text} text=${category} /></a>`}
      ${category && stream && html` / <a href=${to("events", { category, stream })}><${Text} text=${stream} /></a>`}
    </nav>
  `;
}

/** An event in a list. @param {{ event: EventText, within?: { category?: string, stream?: string } }} props */
export function EventRow({ event, within = {} }) {
  const { sequenceNumber, name, category, stream, position, observedAtMs, payload, payloadLength } = event;
  return html`
    <li>
      <a class="number" href=${to("event", { number: sequenceNumber })}>${sequenceNumber}</a>
      <a class="event-name" href=${to("event", { number: sequenceNumber })}><${Text} text=${name} /></a>
      <${Time} ms=${observedAtMs} />
      <span class="where">
        ${within.category === undefined && html`<a href=${to("events", { category })}><${Text} text=${category} /></a> / `}
        ${within.stream === undefined && html`<a href=${to("events", { category, stream })}><${Text} text=${stream} /></a> `}
        <span class="position">at ${position}</span>
      </span>
      <span class="gist">
        <${Text} text=${payload.slice(0, 200)} />
        ${isCut(payload, payloadLength) && html`<span class="cut">… ${size(payloadLength)}</span>`}
      </span>
    </li>
  `;
}

/**
 * What a filter has found so far, step by step.
 * @typedef {{ events: EventText[], lookedAt: number, last: EventPage | undefined, isLooking: boolean, problem: Problem | undefined }} Look
 */

/** A click looks on until something is found, but not for longer than so many steps. */
const STEPS = 25;

/**
 * A page of events by values of the address. It goes on where the last answer ended, when it is asked to.
 * @param {import("./addresses.js").Values} values
 */
export function useLook(values) {
  const key = search(values);
  const look = useSignal(
    /** @type {Look} */ ({ events: [], lookedAt: 0, last: undefined, isLooking: true, problem: undefined }),
  );
  const controller = useSignal(new AbortController());

  /** @param {number} steps */
  async function goOn(steps) {
    const { signal } = controller.value;
    look.value = { ...look.value, isLooking: true };
    const found = look.value.events.length;
    for (let step = 0; step < steps && look.value.events.length === found && !look.value.last?.isEnd; step += 1) {
      const { last } = look.value;
      const from = last === undefined ? {} : { [last.direction === "backwards" ? "before" : "after"]: last.reached };
      try {
        /** @type {EventPage} */
        const page = await askFor("api/events", { ...values, ...from }, signal);
        if (signal.aborted) return;
        const { events, lookedAt } = look.value;
        // A step that found itself at the end has reached nothing new.
        const { reached, reachedAtMs } = page.reached === null && last !== undefined ? last : page;
        look.value = {
          ...look.value,
          events: [...events, ...page.events],
          lookedAt: lookedAt + page.lookedAt,
          last: { ...page, reached, reachedAtMs },
        };
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof RefusedError) look.value = { ...look.value, problem: error.problem };
        break;
      }
    }
    look.value = { ...look.value, isLooking: false };
  }

  useEffect(() => {
    controller.value.abort();
    controller.value = new AbortController();
    look.value = { events: [], lookedAt: 0, last: undefined, isLooking: true, problem: undefined };
    void goOn(1);
    return () => controller.value.abort();
  }, [key]);
  const current = generation.value;
  useEffect(() => {
    const { last, isLooking } = look.value;
    if (last === undefined && !isLooking) void goOn(1); // the log could not be read, and now it can
  }, [current]);
  return { look: look.value, goOn: () => void goOn(STEPS) };
}

/** How far a filter has come, and the way on. @param {{ look: Look, goOn: () => void, what?: string }} props */
export function LookOutcome({ look, goOn, what = "events" }) {
  const { events, lookedAt, last, isLooking } = look;
  if (last === undefined) return html`<p class="caption" role="status">${isLooking ? "Looking." : ""}</p>`;
  const found = events.length === 0 ? `No ${what}` : several(events.length, what.replace(/s$/, ""), what);
  const where =
    last.reached === null
      ? ""
      : `, ${last.direction === "backwards" ? "back" : "on"} to number ${number(last.reached)}`;
  return html`
    <div class="look" role="status">
      <p>
        ${found} among the ${several(lookedAt, "event")} looked at${where}
        ${last.reachedAtMs !== null && html` of <${Time} ms=${last.reachedAtMs} />`}.
        ${last.isEnd && " That is the end."}
      </p>
      ${!last.isEnd && html`<button type="button" aria-disabled=${isLooking} onClick=${() => isLooking || goOn()}>${isLooking ? "Looking" : "Look further"}</button>`}
    </div>
  `;
}

const FILTERS = ["name", "text", "member", "value"];

/** @param {{ values: Record<string, string> }} props */
function FilterForm({ values }) {
  const problem = useSignal(/** @type {Problem | undefined} */ (undefined));
  const source = given("category", "stream");
  /** @param {SubmitEvent} event */
  const filter = async (event) => {
    event.preventDefault();
    const written = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    /** @param {string} name */
    const value = (name) => String(written.get(name) ?? "");
    const filters = Object.fromEntries(FILTERS.map((name) => [name, value(name)]));
    const time = value("time");
    problem.value = undefined;
    if (time === "") return go("events", { ...source, ...filters });
    try {
      const found = await askFor("api/events/at", { ...source, time: `${time.length === 16 ? `${time}:00` : time}Z` });
      const after = found.sequenceNumber === null ? undefined : found.sequenceNumber - 1;
      go("events", { ...source, ...filters, after });
    } catch (error) {
      if (error instanceof RefusedError) problem.value = error.problem;
    }
  };
  /** What is written in it stays when the events come meanwhile. @param {string} name @param {string} label @param {string} [hint] */
  const field = (name, label, hint = "") =>
    html`<label>${label}<input name=${name} defaultValue=${values[name] ?? ""} placeholder=${hint} autocomplete="off" spellcheck=${false} /></label>`;
  return html`
    <form class="filters" aria-label="Filter" key=${search(values)} onSubmit=${filter}>
      ${field("name", "Name", "exactly")}
      ${field("text", "Text in the payload")}
      ${field("member", "Metadata", "correlationId")}
      ${field("value", "is")}
      <label>From (UTC)<input name="time" type="datetime-local" step="1" /></label>
      <button type="submit">Show</button>
    </form>
    <${Refusal} problem=${problem.value} />
  `;
}

/** The events of the log, a category or a stream. */
export function EventsView() {
  const { category, stream } = given("category", "stream");
  const values = given("category", "stream", "before", "after", ...FILTERS);
  useTitle(stream ?? category ?? "Events");
  const { look, goOn } = useLook(values);
  const { events, last, problem } = look;
  const isFiltered = FILTERS.some((name) => values[name] !== undefined);
  const shown = values.after === undefined ? events : events.toReversed();
  const folds = about.value?.projectors.some(({ foldsStreams }) => foldsStreams) ?? false;
  return html`
    <div class="head">
      <${Trail} category=${category} stream=${stream === undefined ? undefined : category && stream} />
      <h1 tabindex="-1">${stream !== undefined ? html`<${Text} text=${stream} />` : category !== undefined ? html`<${Text} text=${category} />` : "Events"}</h1>
      <p class="links">
        ${category !== undefined && stream === undefined && html`<a href=${to("streams", { category })}>Streams of this category</a>`}
        ${stream !== undefined && folds && html`<a href=${to("state", { category, stream })}>State over time</a>`}
      </p>
    </div>
    <${FilterForm} values=${values} />
    <${Refusal} problem=${problem} />
    ${values.before === undefined && values.after === undefined && html`<${NewerEvents} key=${search(values)} shown=${events[0]?.sequenceNumber} isFiltered=${isFiltered} values=${values} />`}
    <ol class=${stream === undefined ? "event-table" : "event-table of-stream"} aria-label="Events">
      ${shown.map((event) => html`<${EventRow} key=${event.sequenceNumber} event=${event} within=${{ category, stream }} />`)}
    </ol>
    ${isFiltered ? html`<${LookOutcome} look=${look} goOn=${goOn} />` : last && html`<${Paging} shown=${shown} last=${last} />`}
  `;
}

/**
 * A list that somebody reads does not move under their eyes: it says that there is more. A filter has passed over events that are newer than
 * those it shows, so it counts from the newest event that there was when it began.
 * @param {{ shown: number | undefined, isFiltered: boolean, values: Record<string, string> }} props
 */
function NewerEvents({ shown, isFiltered, values }) {
  const newest = newestEvents.value?.[0]?.sequenceNumber;
  const atFirst = useRef(newest);
  atFirst.current ??= newest;
  const seen = isFiltered ? Math.max(atFirst.current ?? 0, shown ?? 0) : shown;
  if (newest === undefined || seen === undefined || newest <= seen || values.category !== undefined) return null;
  return html`<p class="newer"><a href=${to("events", { ...values, after: seen })}>There are newer events</a></p>`;
}

/** The ways to other pages. @param {{ shown: EventText[], last: EventPage }} props */
function Paging({ shown, last }) {
  const values = given("category", "stream");
  const [first, oldest] = [shown[0]?.sequenceNumber, shown.at(-1)?.sequenceNumber];
  const { before, after } = given("before", "after");
  const isNewest = (before === undefined && after === undefined) || (last.direction === "forwards" && last.isEnd);
  const isOldest = last.direction === "backwards" && last.isEnd;
  return html`
    ${shown.length === 0 && html`<p class="empty">There are no events here.</p>`}
    <nav class="paging" aria-label="Pages">
      ${!isNewest && html`<a href=${to("events", values)}>Newest</a>`}
      ${!isNewest && first !== undefined && html`<a href=${to("events", { ...values, after: first })}>Newer</a>`}
      ${!isOldest && oldest !== undefined && html`<a href=${to("events", { ...values, before: oldest })}>Older</a>`}
      ${!isOldest && html`<a href=${to("events", { ...values, after: 0 })}>First</a>`}
    </nav>
  `;
}

/**
 * Names, a page at a time.
 * @param {{ path: string, values: import("./addresses.js").Values, view: string, parameter: string, after?: string, empty: string }} props
 */
export function NameList({ path, values, view, parameter, after, empty }) {
  const start = useSignal(after);
  const { data } = useAnswer(`${path}${search({ ...values, after: start.value })}`);
  const page = /** @type {{ items: string[], next: string | null } | undefined} */ (data);
  if (page === undefined) return null;
  return html`
    <ul class="names">
      ${page.items.map((name) => html`<li key=${name}><a href=${to(view, { ...values, [parameter]: name })}><${Text} text=${name} /></a></li>`)}
    </ul>
    ${page.items.length === 0 && html`<p class="empty">${empty}</p>`}
    <p class="paging">
      ${start.value !== undefined && html`<button type="button" class="plain" onClick=${() => (start.value = undefined)}>First names</button>`}
      ${page.next !== null && html`<button type="button" class="plain" onClick=${() => (start.value = page.next ?? undefined)}>More names</button>`}
    </p>
  `;
}

/** The streams of a category. */
export function StreamsView() {
  const { category = "" } = given("category");
  useTitle(`Streams of ${category}`);
  return html`
    <div class="head">
      <${Trail} category=${category} />
      <h1 tabindex="-1">Streams</h1>
    </div>
    <${NameList} key=${category} path="api/streams" values=${{ category }} view="events" parameter="stream" after=${here.value.parameters.get("after") ?? undefined} empty="This category has no streams." />
  `;
}
