// Stored projections, searched by the query language.
import { useSignal } from "@preact/signals";
import { html } from "htm/preact";
import { useId } from "preact/hooks";
import { given, go, search, to } from "./addresses.js";
import { about, useAnswer } from "./client.js";
import { Refusal, useTitle } from "./event-list.js";
import { Json, number, Text } from "./text.js";

/**
 * @typedef {{ kind: "log" } | { kind: "category", category: string } | { kind: "stream", category: string, stream: string }} Source
 * @typedef {{ id: string, name: string, source: Source, projectorVersion: number, lastSequenceNumber: number, isRemoved: boolean,
 *   state: string, stateLength: number, metadata: string | null }} StoredProjection
 */

const EXAMPLE = `{ "filters": [{ "kind": "filter", "field": "id", "operator": "starts_with", "value": "a" }] }`;
const PAGE_SIZE = 50;

/** The query with the page that is wanted. @param {string} written @param {Record<string, string>} cursors */
function queryOf(written, cursors) {
  try {
    const query = written.trim() === "" ? {} : JSON.parse(written);
    if (query.paging !== undefined) return { query: written };
    return { query: JSON.stringify({ ...query, paging: { kind: "keyset", size: PAGE_SIZE, ...cursors } }) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

/** @param {{ source: Source }} props */
function SourceLink({ source }) {
  if (source.kind === "log") return html`<a href=${to("events")}>the log</a>`;
  const { category } = source;
  const values = source.kind === "stream" ? { category, stream: source.stream } : { category };
  return html`<a href=${to("events", values)}><${Text} text=${source.kind === "stream" ? source.stream : category} /></a>`;
}

/** @param {{ values: Record<string, string> }} props */
function SearchForm({ values }) {
  const names = useId();
  const written = useSignal(values.query ?? "");
  /** @param {SubmitEvent} event */
  const find = (event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    go("projections", { name: String(form.get("name") ?? ""), query: written.value });
  };
  return html`
    <form class="filters" aria-label="Search" onSubmit=${find}>
      <label>Name<input name="name" list=${names} required defaultValue=${values.name ?? ""} autocomplete="off" /></label>
      <datalist id=${names}>${about.value?.projectors.map(({ name }) => html`<option key=${name} value=${name}></option>`)}</datalist>
      <label class="wide">
        Query
        <textarea name="query" rows="3" spellcheck=${false} placeholder=${EXAMPLE} value=${written.value}
          onInput=${(/** @type {{ currentTarget: HTMLTextAreaElement }} */ { currentTarget }) => (written.value = currentTarget.value)}></textarea>
      </label>
      <button type="submit">Search</button>
    </form>
  `;
}

export function ProjectionsView() {
  const values = given("name", "query", "after", "before");
  const name = values.name ?? about.value?.projectors[0]?.name;
  useTitle("Projections");
  const { query, fault } = queryOf(values.query ?? "", given("after", "before"));
  const isAskable = name !== undefined && query !== undefined;
  const answer = useAnswer(isAskable ? `api/projections${search({ name, query })}` : undefined);
  const page = /** @type {{ items: StoredProjection[], next: string | null, previous: string | null } | undefined} */ (
    answer.data
  );
  const here = { name, query: values.query };
  return html`
    <div class="head"><h1 tabindex="-1">Projections</h1></div>
    <${SearchForm} key=${search(values) + (name ?? "")} values=${{ ...values, ...(name !== undefined && { name }) }} />
    <${Refusal} problem=${fault === undefined ? answer.problem : { title: "The query is not JSON", detail: fault }} />
    <ol class="projections" aria-label="Projections">
      ${page?.items.map(
        ({ id, name: of, source, state, stateLength }) => html`
          <li key=${id}>
            <a href=${to("projection", { name: of, id })}><${Text} text=${id} /></a>
            <span class="where"><${SourceLink} source=${source} /></span>
            <span class="gist"><${Text} text=${state.slice(0, 200)} />${state.length < stateLength && "…"}</span>
          </li>
        `,
      )}
    </ol>
    ${page?.items.length === 0 && html`<p class="empty">Nothing is like that.</p>`}
    <nav class="paging" aria-label="Pages">
      ${page?.previous != null && html`<a href=${to("projections", { ...here, before: page.previous })}>Previous</a>`}
      ${page?.next != null && html`<a href=${to("projections", { ...here, after: page.next })}>Next</a>`}
    </nav>
  `;
}

export function ProjectionView() {
  const { name = "", id = "" } = given("name", "id");
  useTitle(id);
  const answer = useAnswer(`api/projection${search({ name, id })}`);
  const projection = /** @type {StoredProjection | undefined} */ (answer.data);
  return html`
    <div class="head">
      <nav class="trail" aria-label="Where this is"><a href=${to("projections", { name })}><${Text} text=${name} /></a></nav>
      <h1 tabindex="-1"><${Text} text=${id} /></h1>
    </div>
    <${Refusal} problem=${answer.problem} />
    ${
      projection !== undefined &&
      html`
        <p class="caption">
          From <${SourceLink} source=${projection.source} />, by version ${projection.projectorVersion} of its projector, up to the event
          ${" "}<a href=${to("event", { number: projection.lastSequenceNumber })}>${number(projection.lastSequenceNumber)}</a>.
          ${projection.isRemoved && " It is removed: readers do not find it."}
          ${projection.state.length < projection.stateLength && ` The beginning of ${number(projection.stateLength)} characters.`}
        </p>
        <${Json} json=${projection.state} label="State" />
        ${projection.metadata !== null && html`<h2>Metadata</h2><${Json} json=${projection.metadata} label="Metadata" />`}
      `
    }
  `;
}
