// What a stream folds to, at any position and time.
import { useSignal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useId } from "preact/hooks";
import { given, go, goInPlace, search, to } from "./addresses.js";
import { about, useAnswer } from "./client.js";
import { Refusal, Trail, useTitle } from "./event-list.js";
import { Json, number, Text, Time } from "./text.js";

/**
 * @typedef {{ path: (string | number)[], before: string | null, after: string | null }} Change
 * @typedef {{ projector: string, projectorVersion: number, id: string, state: string, stateLength: number, isRemoved: boolean,
 *   position: number | null, latestPosition: number | null,
 *   event: { sequenceNumber: number, name: string, observedAtMs: number } | null, changes: Change[] | null, areAllChanges: boolean }} StateAsOf
 */

/** @param {{ latest: number, position: number, onChange: (position: number) => void }} props */
function PositionSlider({ latest, position, onChange }) {
  const id = useId();
  /** @param {number} step */
  const move = (step) => onChange(Math.min(latest, Math.max(0, position + step)));
  return html`
    <div class="slider">
      <label for=${id}>Position</label>
      <output for=${id}>${number(position)} of ${number(latest)}</output>
      <button type="button" aria-label="One event earlier" aria-disabled=${position === 0} onClick=${() => move(-1)}>−</button>
      <input
        id=${id}
        type="range"
        min="0"
        max=${latest}
        value=${position}
        onInput=${(/** @type {{ currentTarget: HTMLInputElement }} */ { currentTarget }) => onChange(Number(currentTarget.value))}
      />
      <button type="button" aria-label="One event later" aria-disabled=${position === latest} onClick=${() => move(1)}>+</button>
    </div>
  `;
}

/** @param {{ values: Record<string, string> }} props */
function TimeForm({ values }) {
  /** @param {SubmitEvent} event */
  const jump = (event) => {
    event.preventDefault();
    const written = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const [axis, time] = [String(written.get("axis")), String(written.get("time") ?? "")];
    const { category, stream, projector } = values;
    if (time !== "")
      go("state", { category, stream, projector, [axis]: `${time.length === 16 ? `${time}:00` : time}Z` });
  };
  return html`
    <form class="filters" aria-label="As of a time" onSubmit=${jump}>
      <label>
        What
        <select name="axis">
          <option value="observed">was known by</option>
          <option value="occurred" selected=${values.occurred !== undefined}>had happened by</option>
        </select>
      </label>
      <label>Time (UTC)<input name="time" type="datetime-local" step="1" required defaultValue=${(values.observed ?? values.occurred ?? "").slice(0, 19)} /></label>
      <button type="submit">Fold up to then</button>
    </form>
  `;
}

/** @param {{ state: StateAsOf }} props */
function Changes({ state: { event, changes, areAllChanges } }) {
  if (changes === null) return null;
  return html`
    <section>
      <h2>What this event changed</h2>
      ${
        event !== null &&
        html`<p class="caption"><a href=${to("event", { number: event.sequenceNumber })}><${Text} text=${event.name} /></a>, <${Time} ms=${event.observedAtMs} /></p>`
      }
      ${changes.length === 0 && html`<p class="empty">Nothing.</p>`}
      <ul class="changes">
        ${changes.map(
          ({ path, before, after }) => html`
            <li key=${JSON.stringify(path)}>
              <span class="path">${path.length === 0 ? "the state" : html`<${Text} text=${path.join(".")} />`}</span>
              ${before !== null && html`<del><${Text} text=${before} /></del>`}
              ${after !== null && html`<ins><${Text} text=${after} /></ins>`}
            </li>
          `,
        )}
      </ul>
      ${!areAllChanges && html`<p class="caption">And more: the first 500 are shown.</p>`}
    </section>
  `;
}

/** @param {{ state: StateAsOf, isLoading: boolean }} props */
function FoldedState({ state, isLoading }) {
  return html`
    <section class=${isLoading ? "loading" : ""}>
      <h2>State</h2>
      <p class="caption">
        ${state.position === null ? "Before any event" : `After the event at position ${number(state.position)}`},
        by version ${state.projectorVersion} of <${Text} text=${state.projector} />.
        ${state.isRemoved && " The projection is removed."}
        ${state.state.length < state.stateLength && ` The beginning of ${number(state.stateLength)} characters.`}
      </p>
      <${Json} json=${state.state} label="State" />
    </section>
  `;
}

export function StateView() {
  const values = given("category", "stream", "projector", "position", "observed", "occurred");
  const { category = "", stream = "" } = values;
  const projectors = about.value?.projectors.filter(({ foldsStreams }) => foldsStreams) ?? [];
  const others = about.value?.projectors.filter(({ foldsStreams }) => !foldsStreams) ?? [];
  const projector = values.projector ?? projectors[0]?.name;
  const isAsOfTime = values.observed !== undefined || values.occurred !== undefined;
  const newest = useAnswer(`api/events${search({ category, stream, limit: 1 })}`);
  const latest = /** @type {import("./client.js").EventPage | undefined} */ (newest.data)?.events[0]?.position;
  // While the slider moves, what it passes over is not asked for.
  const asked = useSignal(values.position);
  const position = Number(values.position ?? latest ?? 0);
  useEffect(() => {
    const timer = setTimeout(() => (asked.value = String(position)), 80);
    return () => clearTimeout(timer);
  }, [position]);
  const asOf = isAsOfTime ? { observed: values.observed, occurred: values.occurred } : { position: asked.value };
  const isReady = projector !== undefined && (isAsOfTime || (asked.value !== undefined && latest !== undefined));
  const answer = useAnswer(isReady ? `api/state${search({ category, stream, projector, ...asOf })}` : undefined);
  const state = /** @type {StateAsOf | undefined} */ (answer.data);
  useTitle(`State of ${stream}`);
  return html`
    <div class="head">
      <${Trail} category=${category} stream=${stream} />
      <h1 tabindex="-1">State of <${Text} text=${stream} /></h1>
    </div>
    ${about.value !== undefined && projectors.length === 0 && html`<p class="empty">The explorer was given no projector of streams.</p>`}
    ${
      others.length > 0 &&
      html`<p class="caption">${others.map(({ name }, n) => html`${n > 0 && ", "}<${Text} text=${name} />`)}: folded from more than one stream. Search the projections instead.</p>`
    }
    <div class="as-of">
      <label>
        Projector
        <select onChange=${(/** @type {{ currentTarget: HTMLSelectElement }} */ { currentTarget }) => go("state", { ...values, projector: currentTarget.value })}>
          ${projectors.map(({ name }) => html`<option key=${name} value=${name} selected=${name === projector}>${name}</option>`)}
        </select>
      </label>
      ${
        latest !== undefined &&
        html`<${PositionSlider}
          latest=${latest}
          position=${isAsOfTime ? (state?.position ?? 0) : position}
          onChange=${(/** @type {number} */ chosen) => goInPlace("state", { category, stream, projector, position: chosen })}
        />`
      }
      <${TimeForm} values=${{ ...values, ...(projector !== undefined && { projector }) }} />
    </div>
    <${Refusal} problem=${answer.problem} />
    ${newest.data !== undefined && latest === undefined && html`<p class="empty">The stream has no events.</p>`}
    ${
      state !== undefined &&
      html`<div class="beside"><${FoldedState} state=${state} isLoading=${answer.isLoading} /><${Changes} state=${state} /></div>`
    }
  `;
}
