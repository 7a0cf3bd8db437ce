// The views of the bank as a whole: its accounts and its log, and what subscriptions make of the log.
import { useSignal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { money, newestEvents, useAnswer } from "./client.js";
import { announcement, OpenAccountForm, Refusal } from "./forms.js";
import { moment } from "./times.js";

/** @typedef {import("./client.js").Account} Account */

/** What event sourcing gives, and where this page shows it. */
const GIFTS = [
  [
    "The past can be asked",
    "Open an account and move its two sliders: as of when a booking counts, and as of when the bank knew of it.",
  ],
  [
    "Mistakes are mended, not rubbed out",
    "Correct a booking: it stays, and the difference is booked today with the value date of then.",
  ],
  [
    "Any number of views",
    "The rich list and the report are made from the same log, in the background, and can be made anew.",
  ],
  [
    "Asking twice is safe",
    "Each form sends a key. After a lost reply the page sends it again, and the bank books it once.",
  ],
  ["People can be forgotten", "Names are encrypted, each with its own key. Without the key the bookings still add up."],
];

/** @param {string} title */
function useTitle(title) {
  useEffect(() => {
    document.title = `${title} · eventfold bank`;
  }, []);
}

export function AccountsView() {
  useTitle("Accounts");
  return html`
    <div class="head">
      <h1 tabindex="-1">Every balance is the sum of what happened</h1>
      <p class="about">
        This bank adds what happens to a log that is never changed. Balances, statements and reports are read from the
        log, as of today or as of any day before.
      </p>
    </div>
    <div class="beside">
      <${AccountSearch} />
      <${Log} />
    </div>
    <section aria-labelledby="gifts-heading" class="gifts">
      <h2 id="gifts-heading">What that gives you</h2>
      <ol>
        ${GIFTS.map(([title, text]) => html`<li key=${title}><h3>${title}</h3><p>${text}</p></li>`)}
      </ol>
    </section>
  `;
}

const PAGE = 12;

function AccountSearch() {
  const owner = useSignal("");
  const city = useSignal("");
  /** Where each page begins that is shown: the first, and what the server says is next. */
  const pages = useSignal([""]);
  /** @param {import("@preact/signals").Signal<string>} field */
  const search =
    (field) =>
    (/** @type {{ currentTarget: HTMLInputElement }} */ { currentTarget }) => {
      field.value = currentTarget.value;
      pages.value = [""];
    };
  return html`
    <section aria-labelledby="accounts-heading">
      <h2 id="accounts-heading">Accounts</h2>
      <form role="search" class="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
        <label>Owner <input type="search" name="owner" value=${owner} onInput=${search(owner)} /></label>
        <label>City, in full <input type="search" name="city" value=${city} onChange=${search(city)} /></label>
      </form>
      <ul class="accounts">
        ${pages.value.map(
          (after, index) => html`<${AccountPage}
            key=${`${index}`}
            query=${new URLSearchParams({
              limit: String(PAGE),
              ...(owner.value && { owner: owner.value }),
              ...(city.value && { city: city.value }),
              ...(after && { after }),
            }).toString()}
            isLast=${index === pages.value.length - 1}
            onMore=${(/** @type {string} */ next) => {
              pages.value = [...pages.value, next];
            }}
          />`,
        )}
      </ul>
      <details class="open-account">
        <summary>Open an account</summary>
        <${OpenAccountForm} />
      </details>
    </section>
  `;
}

/** One page of the accounts found. @param {{ query: string, isLast: boolean, onMore: (next: string) => void }} props */
function AccountPage({ query, isLast, onMore }) {
  /** @type {import("./client.js").Answer<{ items: Account[], next: string | null }>} */
  const { path, data, problem } = useAnswer(`/accounts?${query}`, () => true);
  useEffect(() => {
    if (data && /owner=|city=/.test(query))
      announcement.value = `${data.items.length} accounts found${data.next ? ", and more" : ""}`;
  }, [data]);
  if (problem) return html`<li><${Refusal} problem=${problem} /></li>`;
  const next = path === `/accounts?${query}` ? data?.next : null; // not that of the search before
  return html`
    ${data?.items.map((account) => html`<${AccountRow} key=${account.id} account=${account} />`)}
    ${data?.items.length === 0 && html`<li class="empty">No account is like that.</li>`}
    ${isLast && next && html`<li class="more"><button type="button" class="plain" onClick=${() => onMore(next)}>More accounts</button></li>`}
  `;
}

/** @param {{ account: Account }} props */
function AccountRow({ account: { id, number, owner, city, balance } }) {
  return html`
    <li>
      <a href=${`#/accounts/${id}`}>
        <span class="owner">${owner ?? html`<em>Forgotten customer</em>`}</span>
        <span class="balance">${money(balance)}</span>
        <span class="about">${number} · ${city}</span>
      </a>
    </li>
  `;
}

/** The newest events of the whole bank, as they arrive. */
function Log() {
  return html`
    <section aria-labelledby="log-heading" class="events">
      <h2 id="log-heading">The log, live</h2>
      <p class="caption">What happens in the whole bank, in one order, as it is stored.</p>
      <ol reversed>
        ${newestEvents.value.map(
          ({ id, sequenceNumber, name, category, stream, observedAt }) => html`<li key=${id} class="entry">
            <span class="position">${sequenceNumber}</span>
            <span class="event-name">${name}</span>
            <span class="gist">${category}/${stream} · <time datetime=${observedAt}>${moment(observedAt)}</time></span>
          </li>`,
        )}
      </ol>
    </section>
  `;
}

export function ReadModelsView() {
  useTitle("Read models");
  return html`
    <div class="head">
      <h1 tabindex="-1">One log, any number of views</h1>
      <p class="about">
        Subscriptions read the log in the background and keep these views. They may be stopped, killed, or built anew:
        each goes on where it was, and the log is all that they need.
      </p>
    </div>
    <div class="views">
      <${RichList} />
      <${MonthlyReport} />
      <${Subscriptions} />
    </div>
  `;
}

function RichList() {
  /** @type {import("./client.js").Answer<{ items: { id: string, owner: string | null, balance: number }[], asOf: number }>} */
  const { data } = useAnswer("/rich-list?limit=10", () => true);
  const most = data?.items[0]?.balance ?? 1;
  return html`
    <section aria-labelledby="rich-heading">
      <h2 id="rich-heading">Rich list</h2>
      <p class="caption">${data ? `As of event ${data.asOf} of the log.` : "…"}</p>
      <ol class="rich">
        ${data?.items.map(
          ({ id, owner, balance }) => html`<li key=${id}>
            <a href=${`#/accounts/${id}`}>${owner ?? html`<em>Forgotten customer</em>`}</a>
            <span class="balance">${money(balance)}</span>
            <span class="bar" style=${{ width: `${Math.max(0, (100 * balance) / most)}%` }}></span>
          </li>`,
        )}
      </ol>
    </section>
  `;
}

function MonthlyReport() {
  const month = useSignal(new Date().toISOString().slice(0, 7));
  /** @type {import("./client.js").Answer<Record<"deposits" | "withdrawals" | "transfers" | "corrections" | "count", number>>} */
  const { data, problem } = useAnswer(`/reports/${month.value}`, () => true);
  return html`
    <section aria-labelledby="report-heading">
      <h2 id="report-heading">Monthly report</h2>
      <label class="month">
        Month
        <input
          type="month"
          value=${month}
          onChange=${(/** @type {{ currentTarget: HTMLInputElement }} */ { currentTarget }) => {
            if (/^\d{4}-\d{2}$/.test(currentTarget.value)) month.value = currentTarget.value;
          }}
        />
      </label>
      ${problem && html`<${Refusal} problem=${problem} />`}
      ${
        data &&
        html`<dl class="report">
          <dt>Paid in</dt><dd>${money(data.deposits)}</dd>
          <dt>Paid out</dt><dd>${money(data.withdrawals)}</dd>
          <dt>Transferred</dt><dd>${money(data.transfers)}</dd>
          <dt>Corrected by</dt><dd>${money(data.corrections)}</dd>
          <dt>Bookings</dt><dd>${data.count}</dd>
        </dl>`
      }
    </section>
  `;
}

function Subscriptions() {
  /** @type {import("./client.js").Answer<{ items: { name: string, state: string, lag: number, parked: number }[] }>} */
  const { data } = useAnswer("/subscriptions", () => true);
  return html`
    <section aria-labelledby="subscriptions-heading" class="subscriptions">
      <h2 id="subscriptions-heading">Subscriptions</h2>
      <p class="caption">How far each has read. Parked are events that were set aside because a handler kept failing on them.</p>
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col" class="number">Behind by</th>
            <th scope="col" class="number">Parked</th>
          </tr>
        </thead>
        <tbody>
          ${data?.items.map(
            ({ name, state, lag, parked }) => html`<tr key=${name}>
              <th scope="row">${name}</th>
              <td>${state}</td>
              <td class="number">${lag}</td>
              <td class="number">${parked}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </section>
  `;
}
