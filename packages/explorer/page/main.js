// The page as a whole: which view is shown, and whether what it shows is current.
import { html, render } from "htm/preact";
import { useEffect } from "preact/hooks";
import { go, here, to } from "./addresses.js";
import { about, announcement, follow, outage } from "./client.js";
import { EventView } from "./event.js";
import { EventsView, StreamsView } from "./event-list.js";
import { OverviewView } from "./overview.js";
import { ParkedView } from "./parked.js";
import { ProjectionsView, ProjectionView } from "./projections.js";
import { StateView } from "./state.js";
import { SubscriptionsView } from "./subscriptions.js";

/** The views by the names that they have in addresses. @type {ReadonlyMap<string, () => unknown>} */
const VIEWS = new Map([
  ["", OverviewView],
  ["events", EventsView],
  ["streams", StreamsView],
  ["event", EventView],
  ["state", StateView],
  ["projections", ProjectionsView],
  ["projection", ProjectionView],
  ["subscriptions", SubscriptionsView],
  ["parked", ParkedView],
]);

/** Whoever has followed a link goes on reading at the heading of the new view. */
function useFocusOnHeading() {
  useEffect(() => {
    const focus = () => requestAnimationFrame(() => document.querySelector("h1")?.focus());
    addEventListener("hashchange", focus);
    return () => removeEventListener("hashchange", focus);
  }, []);
}

/** @param {{ view: string, also?: string[], children: unknown }} props */
function NavigationLink({ view, also = [], children }) {
  const isHere = [view, ...also].includes(here.value.view);
  return html`<a href=${to(view)} aria-current=${isHere ? "page" : undefined}>${children}</a>`;
}

/** Goes to an event by what people have at hand: its number or its id. */
function FindForm() {
  /** @param {SubmitEvent} event */
  const find = (event) => {
    event.preventDefault();
    const field = /** @type {HTMLFormElement} */ (event.currentTarget).elements.namedItem("event");
    const wanted = field instanceof HTMLInputElement ? field.value.trim() : "";
    if (wanted !== "") go("event", /^\d+$/.test(wanted) ? { number: wanted } : { id: wanted });
  };
  return html`
    <form class="find" role="search" onSubmit=${find}>
      <input name="event" aria-label="Number or id of an event" placeholder="Number or id of an event" autocomplete="off" />
    </form>
  `;
}

/** Says what is wrong. It is there from the start, so that a screen reader reads what comes into it. */
function Outage() {
  return html`
    <div role="status" class="outage">
      ${
        outage.value &&
        html`<p><strong>${outage}</strong> You see what was read last. The page goes on by itself as soon as it can.</p>`
      }
    </div>
  `;
}

function View() {
  const view = VIEWS.get(here.value.view);
  if (view !== undefined) return html`<${view} key=${here.value.view} />`;
  return html`<h1 tabindex="-1">There is no such view</h1>`;
}

function Page() {
  useFocusOnHeading();
  const { hasProjections = false, hasProcessing = false } = about.value ?? {};
  /** @param {Event} event */
  const skip = (event) => {
    event.preventDefault();
    document.querySelector("h1")?.focus();
  };
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <header class="top">
      <a class="name" href=${to("")}><span>eventfold</span> explorer</a>
      <nav class="navigation" aria-label="Views">
        <${NavigationLink} view="">Overview<//>
        <${NavigationLink} view="events" also=${["event", "streams", "state"]}>Events<//>
        ${hasProjections && html`<${NavigationLink} view="projections" also=${["projection"]}>Projections<//>`}
        ${hasProcessing && html`<${NavigationLink} view="subscriptions" also=${["parked"]}>Subscriptions<//>`}
      </nav>
      <${FindForm} />
    </header>
    <${Outage} />
    <main id="main"><${View} /></main>
    <footer>
      <p>${about.value?.allowChanges ? "Parked events can be replayed and dropped." : "Read-only."} All times are UTC.</p>
    </footer>
    <div role="status" class="unseen">${announcement}</div>
  `;
}

const root = document.getElementById("page");
if (root !== null) render(html`<${Page} />`, root);
void follow();
