// The page as a whole: which view is shown, and whether what it shows is current.
import { signal } from "@preact/signals";
import { html, render } from "htm/preact";
import { useEffect } from "preact/hooks";
import { AccountView } from "./account.js";
import { follow, isLive, outage } from "./client.js";
import { announcement } from "./forms.js";
import { AccountsView, ReadModelsView } from "./overview.js";

const path = signal(location.hash);
addEventListener("hashchange", () => {
  path.value = location.hash;
});

/** The view that the address names. */
function View() {
  const account = /^#\/accounts\/([A-Za-z0-9_-]{1,64})$/.exec(path.value)?.[1];
  if (account !== undefined) return html`<${AccountView} key=${account} id=${account} />`;
  return path.value === "#/read-models" ? html`<${ReadModelsView} />` : html`<${AccountsView} />`;
}

/** Whoever has followed a link goes on reading at the heading of the new view. */
function useFocusOnHeading() {
  useEffect(() => {
    const focus = () => requestAnimationFrame(() => document.querySelector("h1")?.focus());
    addEventListener("hashchange", focus);
    return () => removeEventListener("hashchange", focus);
  }, []);
}

/** @param {{ to: string, children: unknown }} props */
function NavigationLink({ to, children }) {
  const isHere = path.value === to || (to === "#/" && path.value !== "#/read-models");
  return html`<a href=${to} aria-current=${isHere ? "page" : undefined}>${children}</a>`;
}

function Connection() {
  return html`<p class=${`connection ${isLive.value ? "live" : "lost"}`}>${isLive.value ? "Live" : "Reconnecting"}</p>`;
}

/** Says what is wrong. It is there from the start, so that a screen reader reads what comes into it. */
function Outage() {
  return html`
    <div role="status" class="outage">
      ${
        outage.value &&
        html`<p><strong>${outage}</strong> You see what was last read. The page goes on by itself as soon as it can.</p>`
      }
    </div>
  `;
}

function Page() {
  useFocusOnHeading();
  /** @param {Event} event */
  const skip = (event) => {
    event.preventDefault();
    document.querySelector("h1")?.focus();
  };
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <header class="top">
      <a class="name" href="#/"><span>eventfold</span> bank</a>
      <nav class="navigation" aria-label="Views">
        <${NavigationLink} to="#/">Accounts<//>
        <${NavigationLink} to="#/read-models">Read models<//>
        <a href="/api">API</a>
      </nav>
      <${Connection} />
    </header>
    <${Outage} />
    <main id="main"><${View} /></main>
    <footer>
      <p>A sample app of eventfold, the event store for TypeScript. All times are UTC.</p>
    </footer>
    <div role="status" class="unseen">${announcement}</div>
  `;
}

const root = document.getElementById("page");
if (root !== null) render(html`<${Page} />`, root);
void follow();
