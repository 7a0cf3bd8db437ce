// What the page knows of the server: requests, changes that may be repeated, and the live feed of events.
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/**
 * An event as it is stored.
 * @typedef {object} StoredEvent
 * @property {string} id
 * @property {string} name
 * @property {string} category
 * @property {string} stream
 * @property {number} position
 * @property {number} sequenceNumber
 * @property {string} occurredAt
 * @property {string} observedAt
 * @property {Record<string, unknown>} payload
 */

/**
 * An account, and who owns it unless they were forgotten.
 * @typedef {{ id: string, number: string, customer: string, owner: string | null, city: string, balance: number, position: number }} Account
 *
 * Why the server refused a request, as `application/problem+json` says it.
 * @typedef {{ type?: string, title: string, detail?: string, status: number, balance?: number, errors?: { path: string, message: string }[] }} Problem
 */

/** The server understood the request and refuses it: asking again changes nothing. */
export class RefusedError extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/** Nobody knows what became of the request: no reply came, or the bank cannot work at present. */
class NoReplyError extends Error {}

/** Why the bank cannot be used at present. @type {import("@preact/signals").Signal<string | undefined>} */
export const outage = signal(undefined);

/** Whether events arrive as they are stored. */
export const isLive = signal(false);

/** The newest events of the log that the feed has shown, newest first. @type {import("@preact/signals").Signal<StoredEvent[]>} */
export const newestEvents = signal([]);

/** @type {Set<(event?: StoredEvent) => void>} */
const listeners = new Set();

/**
 * Calls the listener with each event that arrives, and with nothing when anything may have changed.
 * @param {(event?: StoredEvent) => void} listener
 * @returns {() => void} ends that
 */
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Lets every view load again what it shows. */
export function refresh() {
  for (const listener of listeners) listener();
}

/**
 * Sends a request and returns the answer's JSON.
 * @param {string} path
 * @param {RequestInit} init
 * @returns {Promise<any>}
 */
async function request(path, init) {
  return (await exchange(path, init)).data;
}

/**
 * Sends a request and returns the answer's JSON and headers.
 * @param {string} path
 * @param {RequestInit} init
 * @returns {Promise<{ data: any, headers: Headers }>}
 */
async function exchange(path, init) {
  const signal = AbortSignal.any([AbortSignal.timeout(15_000), ...(init.signal ? [init.signal] : [])]);
  const headers = { "x-actor": "page", ...init.headers };
  try {
    const response = await fetch(path, { ...init, headers, signal });
    const data = await response.json();
    if (response.ok) return { data, headers: response.headers };
    if (response.status !== 503)
      throw new RefusedError({ title: response.statusText, status: response.status, ...data });
    throw new NoReplyError(`The bank is not ready. ${data.detail ?? data.problem}`);
  } catch (error) {
    if (error instanceof RefusedError || init.signal?.aborted) throw error;
    const lost = error instanceof NoReplyError ? error : new NoReplyError("The bank cannot be reached.");
    outage.value ??= lost.message;
    throw lost;
  }
}

/** 128 random bits as text. Not `randomUUID`, which browsers offer on secure origins only. */
export function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * A change that somebody asked for once, under the key that makes it safe to send it any number of times.
 * @typedef {{ path: string, body: object, key: string }} Submission
 */

/**
 * Sends a change until it is answered, always under the same key: a reply that was lost books nothing twice. Where others
 * changed the account at the same time, it is tried again too.
 * @param {Submission} submission
 * @param {(tries: number) => void} onRepeat called before each further try
 * @returns {Promise<any>}
 */
export async function submit({ path, body, key }, onRepeat) {
  const headers = { "content-type": "application/json", "idempotency-key": key };
  for (let tries = 1; ; tries += 1) {
    try {
      return await request(path, { method: "POST", headers, body: JSON.stringify(body) });
    } catch (error) {
      if (error instanceof RefusedError && error.problem.type !== "urn:bank:conflict") throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.min(4_000, 250 * 2 ** tries)));
      onRepeat(tries + 1);
    }
  }
}

/**
 * What the server last answered under a path. Until another answer has come, the last one stays.
 * @template T
 * @typedef {{ path?: string | undefined, data?: T | undefined, problem?: Problem | undefined }} Answer
 */

/**
 * Loads a path, again whenever an event arrives that concerns it, and when the server has come back.
 * @template T
 * @param {string} path
 * @param {(event: StoredEvent) => boolean} concerns
 * @returns {Answer<T>}
 */
export function useAnswer(path, concerns) {
  const answer = useSignal(/** @type {Answer<T>} */ ({}));
  useEffect(() => keepLoaded(path, { concerns, answer }), [path]);
  return answer.value;
}

/** What is made in the background. */
const READ_MODEL = /^\/(accounts\?|rich-list|reports\/)/;

/**
 * @param {string} path
 * @param {{ concerns: (event: StoredEvent) => boolean, answer: { value: Answer<any> } }} options
 */
function keepLoaded(path, { concerns, answer }) {
  const controller = new AbortController();
  const { signal } = controller;
  let isLoading = false;
  let isDue = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let again;
  async function load() {
    isDue = isLoading;
    if (isLoading) return;
    isLoading = true;
    try {
      // A read model waits for what was published before it is asked. If that takes longer, what it answers is not the last word.
      const { data, headers } = await exchange(path, { signal, headers: { prefer: "wait=2" } });
      answer.value = { path, data };
      clearTimeout(again);
      if (READ_MODEL.test(path) && !headers.has("preference-applied")) again = setTimeout(load, 1_000);
    } catch (error) {
      if (error instanceof RefusedError) answer.value = { path, problem: error.problem };
    }
    isLoading = false;
    if (isDue && !signal.aborted) await load();
  }
  const stop = listen((event) => {
    if (event === undefined || concerns(event)) void load();
  });
  void load();
  return () => {
    stop();
    clearTimeout(again);
    controller.abort();
  };
}

const format = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });
const roundedFormat = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR", maximumFractionDigits: 0 });

/** Shows an amount, which the server gives in cents. @param {number} cents @param {{ isRounded?: boolean }} [options] */
export const money = (cents, { isRounded = false } = {}) =>
  (isRounded ? roundedFormat : format).format(cents / 100).replace("-", "\u2212");

/** What people may write for an amount: digits, and up to two decimals. */
export const AMOUNT = String.raw`\d{1,10}([.,]\d{1,2})?`;

/** Reads an amount as written into cents, digit by digit: a fraction in between would not be exact. @param {string} written */
export function centsOf(written) {
  const [euros = "", cents = ""] = written.trim().split(/[.,]/);
  return Number(euros + cents.padEnd(2, "0"));
}

const SHOWN = 14;

/** Follows the log, beginning with its newest events, for as long as the page is open. */
export async function follow() {
  void watch();
  const head = await request("/rich-list?limit=1", {}).catch(() => ({ asOf: 0 }));
  openFeed({ after: Math.max(0, head.asOf - SHOWN), known: head.asOf });
}

/**
 * The browser itself connects again, and says with `Last-Event-ID` where it was; but not after an answer other than 200.
 * @param {{ after: number, known: number }} from the events up to `known` are no news: they are in what the views load
 */
function openFeed({ after, known }) {
  const source = new EventSource(`/events?after=${after}`);
  let wasLost = false;
  source.addEventListener("open", () => {
    isLive.value = true;
    if (wasLost) refresh();
    wasLost = false;
  });
  source.addEventListener("message", ({ data }) => {
    const event = JSON.parse(data);
    if (event.sequenceNumber <= (newestEvents.value[0]?.sequenceNumber ?? 0)) return;
    newestEvents.value = [event, ...newestEvents.value].slice(0, SHOWN);
    if (event.sequenceNumber > known) for (const listener of listeners) listener(event);
  });
  source.addEventListener("error", () => {
    isLive.value = false;
    wasLost = true;
    if (source.readyState !== EventSource.CLOSED) return;
    const last = newestEvents.value[0]?.sequenceNumber ?? after;
    setTimeout(openFeed, 2_000, { after: last, known: last });
  });
}

/** Asks from time to time whether the bank is ready: a page that nobody touches says so too. */
async function watch() {
  for (;;) {
    if (!document.hidden) await request("/ready", {}).then(recovered, noteOutage);
    await new Promise((resolve) => setTimeout(resolve, outage.value === undefined ? 4_000 : 1_000));
  }
}

function recovered() {
  if (outage.value === undefined) return;
  outage.value = undefined;
  refresh();
}

/** @param {Error} error */
function noteOutage({ message }) {
  outage.value = message;
}
