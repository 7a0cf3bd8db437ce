// Forms that change something. Each sends one change under one key, and says what became of it.
import { signal, useSignal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { AMOUNT, centsOf, money, RefusedError, randomId, refresh, submit, useAnswer } from "./client.js";

/** What is read out to those who do not see it. */
export const announcement = signal("");

/**
 * Sends one request of a change. The first one of a submission makes the key.
 * @typedef {(path: string, body: object) => Promise<any>} Send
 *
 * What a form is at.
 * @typedef {{ kind: "ready" } | { kind: "sending", tries: number } | { kind: "refused", problem: import("./client.js").Problem }
 *   | { kind: "done", message: string, submissions: import("./client.js").Submission[] }} FormState
 */

/**
 * @param {{ button: string, change: (fields: FormData, send: Send) => Promise<string>, children?: unknown, look?: "primary" | "final" | "plain" }} props
 *   `change` reads the fields, sends, and returns what to say of the answer
 */
function ChangeForm({ button, change, children, look = "primary" }) {
  const state = useSignal(/** @type {FormState} */ ({ kind: "ready" }));
  const isSending = state.value.kind === "sending";

  /** @param {SubmitEvent & { currentTarget: HTMLFormElement }} event */
  async function onSubmit(event) {
    event.preventDefault();
    const form = event.currentTarget;
    if (state.value.kind === "sending") return;
    /** @type {import("./client.js").Submission[]} */
    const submissions = [];
    state.value = { kind: "sending", tries: 1 };
    try {
      const message = await change(new FormData(form), (path, body) => {
        const submission = { path, body, key: randomId() };
        submissions.push(submission);
        return submit(submission, (tries) => {
          state.value = { kind: "sending", tries };
        });
      });
      form.reset();
      state.value = { kind: "done", message, submissions };
      announcement.value = message;
      refresh();
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      state.value = { kind: "refused", problem: error.problem };
    }
  }

  return html`
    <form class="change" aria-busy=${isSending} onSubmit=${onSubmit}>
      <fieldset>${children}</fieldset>
      <button type="submit" class=${look} aria-disabled=${isSending}>
        ${isSending ? "Sending …" : button}
      </button>
      <${Outcome} state=${state} />
    </form>
  `;
}

/** @param {{ state: import("@preact/signals").Signal<FormState> }} props */
function Outcome({ state }) {
  const { value } = state;
  switch (value.kind) {
    case "ready":
      return null;
    case "sending":
      if (value.tries === 1) return null;
      return html`<p class="outcome unsure" role="status">
        No reply has come yet. Sending the same thing again, under the same key, so that nothing is booked twice
        (${value.tries}).
      </p>`;
    case "refused":
      return html`<${Refusal} problem=${value.problem} />`;
    case "done":
      return html`<${Done} message=${value.message} submissions=${value.submissions} />`;
  }
}

/** @param {{ problem: import("./client.js").Problem }} props */
export function Refusal({ problem }) {
  return html`
    <div class="outcome refused" role="alert">
      <p><strong>${problem.title}</strong> <span class="status">${problem.status}</span></p>
      ${problem.detail && html`<p>${problem.detail}</p>`}
      ${problem.balance !== undefined && html`<p>The balance is ${money(problem.balance)}.</p>`}
      ${problem.errors?.slice(1).map(({ path, message }) => html`<p>${path}: ${message}</p>`)}
    </div>
  `;
}

/** What was done, and a button that does it again, to show that it is done once. @param {{ message: string, submissions: import("./client.js").Submission[] }} props */
function Done({ message, submissions }) {
  const repeated = useSignal("");
  async function repeat() {
    for (const submission of submissions) await submit(submission, () => {});
    repeated.value = "The same request went out again, and got the answer of the first. Nothing was stored twice.";
    announcement.value = repeated.value;
  }
  return html`
    <div class="outcome done">
      <p>${message}</p>
      <p class="key">Idempotency-Key <code>${submissions.at(-1)?.key.slice(0, 8)}…</code></p>
      <button type="button" class="plain" onClick=${repeat}>Send the same request again</button>
      ${repeated.value && html`<p>${repeated.value}</p>`}
    </div>
  `;
}

/**
 * A field with its label. Everything else is handed on to the input.
 * @param {{ label: string, hint?: string, children?: unknown, inputRef?: unknown } & Record<string, unknown>} props
 */
function Field({ label, hint, children, inputRef, ...input }) {
  const id = useId();
  const described = hint ? { "aria-describedby": `${id}-hint` } : {};
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${
        children
          ? html`<select id=${id} ...${described} ...${input}>${children}</select>`
          : html`<input id=${id} ref=${inputRef} autocomplete="off" ...${described} ...${input} />`
      }
      ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    </div>
  `;
}

const Amount = ({ label = "Amount in €" }) =>
  html`<${Field} label=${label} name="amount" inputmode="decimal" required pattern=${AMOUNT} title="An amount, such as 12.50" />`;

const ValueDate = () =>
  html`<${Field} label="Value date" name="valueDate" type="date" hint="Leave it empty for now. A day in the past counts from then on, and is booked now." />`;

const Note = () => html`<${Field} label="Note" name="note" maxlength="200" />`;

/** @param {FormData} fields @param {string} name */
const text = (fields, name) => String(fields.get(name) ?? "").trim();

/** What deposits, withdrawals and transfers have in common. @param {FormData} fields */
function bookingOf(fields) {
  const day = text(fields, "valueDate");
  const note = text(fields, "note");
  return {
    amount: centsOf(text(fields, "amount")),
    ...(day && { valueDate: `${day}T00:00:00.000Z` }),
    ...(note && { note }),
  };
}

/** @param {{ position: number, balance: number }} answer */
const booked = ({ position, balance }) =>
  `Stored as event ${position} of this account. The balance is ${money(balance)}.`;

/** @param {{ account: string, kind: "deposits" | "withdrawals" }} props */
export function BookingForm({ account, kind }) {
  return html`
    <${ChangeForm}
      button=${kind === "deposits" ? "Deposit" : "Withdraw"}
      change=${async (/** @type {FormData} */ fields, /** @type {Send} */ send) =>
        booked(await send(`/accounts/${account}/${kind}`, bookingOf(fields)))}
    >
      <${Amount} /><${ValueDate} /><${Note} />
    <//>
  `;
}

/** An account, found by its owner's name. */
function AccountField() {
  const list = useId();
  const typed = useSignal("");
  /** @type {import("./client.js").Answer<{ items: import("./client.js").Account[] }>} */
  const { data } = useAnswer(`/accounts?limit=8&owner=${encodeURIComponent(typed.value)}`, () => false);
  /** The owners of the accounts that were found so far. */
  const owners = useRef(new Map());
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    input.current?.form?.addEventListener("reset", () => {
      typed.value = "";
    });
  }, []);
  for (const { id, owner, city } of data?.items ?? []) owners.current.set(id, `${owner ?? "(forgotten)"}, ${city}`);
  return html`
    <${Field}
      label="To account"
      name="to"
      inputRef=${input}
      list=${list}
      required
      pattern="[A-Za-z0-9_\\-]{1,64}"
      title="The id of an account: choose one from the list"
      hint=${owners.current.get(typed.value) ?? "Begin with the owner's name, and choose."}
      onInput=${(/** @type {{ currentTarget: HTMLInputElement }} */ { currentTarget }) => {
        typed.value = currentTarget.value;
      }}
    />
    <datalist id=${list}>
      ${data?.items.map(({ id }) => html`<option key=${id} value=${id}>${owners.current.get(id)}</option>`)}
    </datalist>
  `;
}

/** @param {{ account: string }} props */
export function TransferForm({ account }) {
  return html`
    <${ChangeForm}
      button="Transfer"
      change=${async (/** @type {FormData} */ fields, /** @type {Send} */ send) => {
        await send(`/accounts/${account}/transfers`, { to: text(fields, "to"), ...bookingOf(fields) });
        return "Both accounts have their event, stored together or not at all.";
      }}
    >
      <${AccountField} />
      <${Amount} /><${ValueDate} /><${Note} />
    <//>
  `;
}

/** @param {{ account: string, bookings: unknown }} props */
export function CorrectionForm({ account, bookings }) {
  return html`
    <${ChangeForm}
      button="Correct"
      change=${async (/** @type {FormData} */ fields, /** @type {Send} */ send) => {
        const body = {
          eventId: text(fields, "eventId"),
          amount: centsOf(text(fields, "amount")),
          reason: text(fields, "reason"),
        };
        const answer = await send(`/accounts/${account}/corrections`, body);
        return `${booked(answer)} The booking that was wrong stays as it was.`;
      }}
    >
      <${Field} label="Booking" name="eventId" required>${bookings}<//>
      <${Amount} label="Amount it should have been, in €" />
      <${Field} label="Reason" name="reason" required maxlength="200" />
    <//>
  `;
}

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

/** @param {{ account: string }} props */
export function StandingOrderForm({ account }) {
  return html`
    <${ChangeForm}
      button="Set up"
      change=${async (/** @type {FormData} */ fields, /** @type {Send} */ send) => {
        await send(`/accounts/${account}/standing-orders`, {
          id: randomId(),
          to: text(fields, "to"),
          amount: centsOf(text(fields, "amount")),
          every: text(fields, "every"),
          from: `${text(fields, "from")}T00:00:00.000Z`,
        });
        return "Set up. A process manager reads the log and transfers whenever the order falls due.";
      }}
    >
      <${AccountField} />
      <${Amount} />
      <${Field} label="Every" name="every">
        <option>day</option><option>week</option><option selected>month</option>
      <//>
      <${Field} label="Beginning on" name="from" type="date" required min=${tomorrow()} />
    <//>
  `;
}

/** @param {{ account: string, order: string }} props */
export function CancelForm({ account, order }) {
  return html`
    <${ChangeForm}
      look="plain"
      button="Cancel it"
      change=${async (/** @type {FormData} */ _, /** @type {Send} */ send) => {
        await send(`/accounts/${account}/standing-orders/${order}/cancel`, {});
        return "Cancelled.";
      }}
    />
  `;
}

/** @param {{ customer: string }} props */
export function ForgetForm({ customer }) {
  return html`
    <${ChangeForm}
      look="final"
      button="Forget this customer"
      change=${async (/** @type {FormData} */ _, /** @type {Send} */ send) => {
        await send(`/customers/${customer}/forget`, {});
        return "Forgotten. The events are all still there; the key that the name was encrypted with is not.";
      }}
    >
      <p class="text">
        Events are never deleted, so name and e-mail address are stored encrypted, with a key of this customer's own.
        Forgetting deletes the key: from then on nobody can read them, in any copy of the events. The bookings stay, and the balances add up.
      </p>
      <label class="check"><input type="checkbox" required /> I know that this cannot be undone</label>
    <//>
  `;
}

/** Opens an account for a new customer: two changes, of which the second may be refused and mended. */
export function OpenAccountForm() {
  const customer = useSignal({ id: "", fields: "" });
  return html`
    <${ChangeForm}
      button="Open the account"
      change=${async (/** @type {FormData} */ fields, /** @type {Send} */ send) => {
        const person = { name: text(fields, "name"), email: text(fields, "email"), city: text(fields, "city") };
        if (customer.value.fields !== JSON.stringify(person)) {
          const id = randomId();
          await send("/customers", { id, ...person });
          customer.value = { id, fields: JSON.stringify(person) };
        }
        const id = randomId();
        await send("/accounts", { id, number: text(fields, "number"), customer: customer.value.id });
        customer.value = { id: "", fields: "" };
        location.hash = `#/accounts/${id}`;
        return "The account is open.";
      }}
    >
      <${Field} label="Name" name="name" required maxlength="100" />
      <${Field} label="E-mail" name="email" type="email" required maxlength="200" />
      <${Field} label="City" name="city" required maxlength="100" />
      <${Field} label="Account number" name="number" required pattern="[A-Z0-9 ]{4,40}" title="Capital letters, digits and spaces" hint="Such as EF 1000. No two accounts have the same." />
    <//>
  `;
}
