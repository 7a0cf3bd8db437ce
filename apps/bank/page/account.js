// One account: its balance and statement as of any two times, beside the events that they are read from.
import { useSignal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { listen, money, useAnswer } from "./client.js";
import {
  announcement,
  BookingForm,
  CancelForm,
  CorrectionForm,
  ForgetForm,
  Refusal,
  StandingOrderForm,
  TransferForm,
} from "./forms.js";
import { AsOfSliders, BalanceChart, day, moment } from "./times.js";

/**
 * @typedef {import("./client.js").StoredEvent} StoredEvent
 * @typedef {import("./client.js").Account} Account
 * @typedef {import("./times.js").AsOf} AsOf
 * @typedef {{ eventId: string, position: number, kind: string, amount: number, counterparty?: string, note?: string,
 *   valueDate: string, bookedAt: string, balance: number }} Item
 * @typedef {{ balance: number, items: Item[], next: string | null }} Statement
 */

/** As many lines or events as the server gives at once. */
const MOST = 1_000;

/** @type {AsOf} */
const NOW = { valuedUpTo: undefined, bookedUpTo: undefined };

/** @param {{ id: string }} props */
export function AccountView({ id }) {
  const asOf = useSignal(NOW);
  const customer = useRef("");
  /** @param {StoredEvent} event */
  const concerns = ({ stream }) => stream === id || stream === customer.current;
  /** @type {import("./client.js").Answer<Account>} */
  const account = useAnswer(`/accounts/${id}`, concerns);
  /** @type {import("./client.js").Answer<{ points: import("./times.js").Booking[] }>} */
  const history = useAnswer(`/accounts/${id}/history`, concerns);
  /** @type {import("./client.js").Answer<Statement>} */
  const statement = useAnswer(statementPath(id, asOf.value), concerns);
  useEffect(() => {
    customer.current = account.data?.customer ?? "";
    document.title = `${account.data?.owner ?? "Account"} · eventfold bank`;
  }, [account.data]);
  useAnnouncedEvents(id);
  if (account.problem) {
    return html`<h1 tabindex="-1">No such account</h1>
      <${Refusal} problem=${account.problem} />
      <p><a href="#/">All accounts</a></p>`;
  }
  const isCurrent = statement.path === statementPath(id, asOf.value);
  return html`
    <${AccountHead} account=${account.data} />
    <section class="as-of" aria-labelledby="as-of-heading">
      <div class="chosen">
        <h2 id="as-of-heading">Balance</h2>
        <p class=${`balance ${isCurrent ? "" : "loading"}`}>${statement.data && money(statement.data.balance)}</p>
        <${AsOfSentence} asOf=${asOf} />
        <${AsOfSliders}
          bookings=${history.data?.points ?? []}
          asOf=${asOf.value}
          onChange=${(/** @type {AsOf} */ chosen) => {
            asOf.value = chosen;
          }}
        />
      </div>
      ${history.data && html`<${BalanceChart} bookings=${history.data.points} asOf=${asOf.value} />`}
    </section>
    <${Actions} id=${id} account=${account.data} statement=${statement.data} />
    <div class="beside">
      <${StatementTable} statement=${statement} isCurrent=${isCurrent} />
      <${EventStream} id=${id} newest=${account.data?.position} asOf=${asOf.value} concerns=${concerns} />
    </div>
  `;
}

/** @param {string} id @param {AsOf} asOf */
function statementPath(id, { valuedUpTo, bookedUpTo }) {
  const query = new URLSearchParams({
    limit: String(MOST),
    ...(valuedUpTo && { valuedUpTo }),
    ...(bookedUpTo && { bookedUpTo }),
  });
  return `/accounts/${id}/statement?${query}`;
}

/** Reads out what arrives for this account. @param {string} id */
function useAnnouncedEvents(id) {
  useEffect(
    () =>
      listen((event) => {
        if (event?.stream === id) announcement.value = `New event: ${event.name}`;
      }),
    [],
  );
}

/** @param {{ account: Account | undefined }} props */
function AccountHead({ account }) {
  return html`
    <div class="head">
      <p class="trail"><a href="#/">Accounts</a></p>
      <h1 tabindex="-1">${account === undefined ? "…" : (account.owner ?? html`<em>Forgotten customer</em>`)}</h1>
      <p class="about">
        ${account && html`Account ${account.number} · ${account.city} · ${account.position + 1} events`}
      </p>
    </div>
  `;
}

/** @param {{ asOf: import("@preact/signals").Signal<AsOf> }} props */
function AsOfSentence({ asOf }) {
  const { valuedUpTo, bookedUpTo } = asOf.value;
  if (valuedUpTo === undefined && bookedUpTo === undefined) {
    return html`<p class="sentence">
      The sum of all events below. Move a slider, and it is read again from those that count by then.
    </p>`;
  }
  return html`<p class="sentence">
    What the account held
    <strong class="valued">${valuedUpTo === undefined ? " now" : ` at ${moment(valuedUpTo)}`}</strong>, from what the bank
    knew <strong class="booked">${bookedUpTo === undefined ? " now" : ` at ${moment(bookedUpTo)}`}</strong>.
    <button
      type="button"
      class="plain"
      onClick=${() => {
        asOf.value = NOW;
      }}
    >
      Back to now
    </button>
  </p>`;
}

/** Bookings that may have been entered wrongly. */
const CORRECTABLE = new Set(["deposit", "withdrawal"]);

/** What can be done with the account: one form at a time. @param {{ id: string, account: Account | undefined, statement: Statement | undefined }} props */
function Actions({ id, account, statement }) {
  const chosen = useSignal("");
  const bookings = (statement?.items ?? []).filter(({ kind }) => CORRECTABLE.has(kind));
  const forms = {
    Deposit: () => html`<${BookingForm} account=${id} kind="deposits" />`,
    Withdraw: () => html`<${BookingForm} account=${id} kind="withdrawals" />`,
    Transfer: () => html`<${TransferForm} account=${id} />`,
    Correct: () => html`<${CorrectionForm} account=${id} bookings=${bookings.map(bookingOption)} />`,
    "Standing orders": () => html`<${StandingOrders} id=${id} />`,
    Forget: () => html`<${ForgetForm} customer=${account?.customer} />`,
  };
  return html`
    <section class="actions" aria-label="What you can do">
      <div class="choices">
        ${Object.keys(forms).map(
          (name) => html`<button
            type="button"
            key=${name}
            aria-expanded=${chosen.value === name}
            aria-controls="action"
            onClick=${() => {
              chosen.value = chosen.value === name ? "" : name;
            }}
          >
            ${name}
          </button>`,
        )}
      </div>
      <div id="action" class="action">
        ${Object.entries(forms).map(([name, form]) => name === chosen.value && html`<div key=${name}>${form()}</div>`)}
      </div>
    </section>
  `;
}

/** @param {Item} item */
const bookingOption = ({ eventId, position, kind, amount, valueDate }) =>
  html`<option key=${eventId} value=${eventId}>${position} · ${kind} of ${money(Math.abs(amount))}, ${day(valueDate)}</option>`;

/** @param {{ id: string }} props */
function StandingOrders({ id }) {
  /** @type {import("./client.js").Answer<{ items: { id: string, to: string, amount: number, every: string, next: string | null, cancelled: boolean }[] }>} */
  const { data } = useAnswer(`/accounts/${id}/standing-orders`, () => true);
  return html`
    <${StandingOrderForm} account=${id} />
    <ul class="orders">
      ${data?.items.map(
        (order) => html`<li key=${order.id}>
          <span>${money(order.amount)} every ${order.every} to <a href=${`#/accounts/${order.to}`}>${order.to}</a></span>
          ${order.cancelled ? html`<em>cancelled</em>` : html`${order.next && html`<span>next ${day(order.next)}</span>`}<${CancelForm} account=${id} order=${order.id} />`}
        </li>`,
      )}
    </ul>
  `;
}

/** @param {{ statement: import("./client.js").Answer<Statement>, isCurrent: boolean }} props */
function StatementTable({ statement: { data }, isCurrent }) {
  return html`
    <section aria-labelledby="statement-heading" class="statement">
      <h2 id="statement-heading">Statement</h2>
      <p class="caption">A reading of the events beside it, in the order of their value dates, newest first.</p>
      <table class=${isCurrent ? "" : "loading"} aria-busy=${!isCurrent}>
        <thead>
          <tr>
            <th scope="col">Booking</th>
            <th scope="col" class="times"><span class="valued">Value date</span> <span class="booked">Booked</span></th>
            <th scope="col" class="number">Amount <span class="if-narrow">Balance</span></th>
            <th scope="col" class="number if-wide">Balance</th>
          </tr>
        </thead>
        <tbody>
          ${data?.items.toReversed().map((item) => html`<${StatementRow} key=${item.eventId} item=${item} />`)}
        </tbody>
      </table>
      ${data?.next && html`<p class="caption">These are the first ${MOST} lines; choose an earlier booking date for fewer.</p>`}
      ${data?.items.length === 0 && html`<p class="empty">Nothing had been booked by then.</p>`}
    </section>
  `;
}

/** @param {{ item: Item }} props */
function StatementRow({ item: { eventId, position, kind, amount, counterparty, note, valueDate, bookedAt, balance } }) {
  const isLate = day(valueDate) !== day(bookedAt);
  const show = () => {
    const event = document.getElementById(`event-${eventId}`);
    if (!(event instanceof HTMLDetailsElement)) return;
    event.open = true;
    event.scrollIntoView({ block: "nearest" });
    event.querySelector("summary")?.focus();
  };
  return html`
    <tr>
      <td>
        <span class="kind">${kind.replaceAll("-", " ")}</span>
        ${counterparty && html` <a href=${`#/accounts/${counterparty}`}>${counterparty}</a>`}
        <button type="button" class="plain to-event" onClick=${show}>event ${position}</button>
        ${note && html`<span class="note">${note}</span>`}
      </td>
      <td class="times">
        <time class="valued" datetime=${valueDate} title=${moment(valueDate)}>${day(valueDate)}</time>
        <time class=${isLate ? "booked" : "same"} datetime=${bookedAt} title=${moment(bookedAt)}>
          ${isLate ? day(bookedAt) : "same day"}
        </time>
      </td>
      <td class="number">${money(amount)} <span class="if-narrow">${money(balance)}</span></td>
      <td class="number if-wide">${money(balance)}</td>
    </tr>
  `;
}

/** @param {{ id: string, newest: number | undefined, asOf: AsOf, concerns: (event: StoredEvent) => boolean }} props */
function EventStream({ id, newest = -1, asOf, concerns }) {
  const after = newest - MOST;
  const query = `limit=${MOST}${after < 0 ? "" : `&after=${after}`}`;
  /** @type {import("./client.js").Answer<{ items: StoredEvent[] }>} */
  const { data } = useAnswer(`/accounts/${id}/events?${query}`, concerns);
  return html`
    <section aria-labelledby="events-heading" class="events">
      <h2 id="events-heading">Event stream</h2>
      <p class="caption">What is stored. Events are added at the end and never changed; all else is read from them.</p>
      <ol reversed>
        ${data?.items.toReversed().map((event) => html`<${EventEntry} key=${event.id} event=${event} asOf=${asOf} />`)}
      </ol>
      ${after >= 0 && html`<p class="caption">These are the newest ${MOST} of ${newest + 1}.</p>`}
    </section>
  `;
}

/** Why an event does not count as of the chosen times, or nothing. @param {StoredEvent} event @param {AsOf} asOf */
function whyLeftOut({ occurredAt, observedAt }, { valuedUpTo, bookedUpTo }) {
  if (bookedUpTo !== undefined && observedAt > bookedUpTo) return "not booked by then";
  if (valuedUpTo !== undefined && occurredAt > valuedUpTo) return "counts later";
  return undefined;
}

/** @param {{ event: StoredEvent, asOf: AsOf }} props */
function EventEntry({ event, asOf }) {
  const leftOut = whyLeftOut(event, asOf);
  const isLate = day(event.occurredAt) !== day(event.observedAt);
  return html`
    <li class=${leftOut ? "left-out" : ""}>
      <details id=${`event-${event.id}`}>
        <summary>
          <span class="position">${event.position}</span>
          <span class="event-name">${event.name}</span>
          <span class="gist">${gistOf(event.payload)}</span>
          ${leftOut && html`<span class="chip">${leftOut}</span>`}
          ${!leftOut && isLate && html`<span class="chip booked">booked ${day(event.observedAt)}</span>`}
        </summary>
        <pre>${JSON.stringify(event, null, 2)}</pre>
      </details>
    </li>
  `;
}

/** What fits on a line of a payload. @param {Record<string, unknown>} payload */
const gistOf = (payload) =>
  Object.entries(payload)
    .filter(([, value]) => typeof value !== "object")
    .map(([name, value]) => `${name} ${value}`)
    .join(" · ");
