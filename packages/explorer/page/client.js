// What the page knows of the server: what it has answered, and whether it can be asked at all.
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { search } from "./addresses.js";

/**
 * An event as it is stored; its texts may be cut.
 * @typedef {object} EventText
 * @property {string} id
 * @property {string} name
 * @property {string} category
 * @property {string} stream
 * @property {number} position
 * @property {number} sequenceNumber
 * @property {number} version
 * @property {number} observedAtMs
 * @property {number} occurredAtMs
 * @property {string[]} tags
 * @property {string} payload
 * @property {number} payloadLength
 * @property {string | null} metadata
 * @property {number} metadataLength
 *
 * A page of events, and how far the server has looked for it.
 * @typedef {{ direction: "forwards" | "backwards", events: EventText[], lookedAt: number, reached: number | null,
 *   reachedAtMs: number | null, isEnd: boolean }} EventPage
 *
 * Why the server refused a request, as `application/problem+json` says it.
 * @typedef {{ status: number, code: string, title: string, detail: string }} Problem
 *
 * What the explorer was given.
 * @typedef {{ orderingGuarantee: string, projectors: { name: string, version: number, source: string, foldsStreams: boolean }[],
 *   subscriptions: string[], hasProjections: boolean, hasProcessing: boolean, allowChanges: boolean }} About
 */

/** The server understood the request and refuses it: asking again changes nothing. */
export class RefusedError extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** Why the log cannot be read at present. @type {import("@preact/signals").Signal<string | undefined>} */
export const outage = signal(undefined);

/** What the explorer was given, once it has said so. @type {import("@preact/signals").Signal<About | undefined>} */
export const about = signal(undefined);

/** The newest events of the log, newest first. @type {import("@preact/signals").Signal<EventText[] | undefined>} */
export const newestEvents = signal(undefined);

/** What a screen reader is told. */
export const announcement = signal("");

/** Rises whenever everything shown has to be loaded again. */
export const generation = signal(0);

/** Lets every view load again what it shows. */
export function refresh() {
  generation.value += 1;
}

/**
 * Asks the server.
 * @param {string} path below the explorer's own, such as `api/events`
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
export async function ask(path, init = {}) {
  const abort = AbortSignal.any([AbortSignal.timeout(20_000), ...(init.signal ? [init.signal] : [])]);
  try {
    const response = await fetch(path, { ...init, signal: abort });
    const answer = await response.json();
    if (response.ok) return answer;
    if (response.status !== 503) throw new RefusedError({ ...answer, status: response.status });
    throw new Error(`The log cannot be read at present: ${answer.detail}`);
  } catch (error) {
    if (error instanceof RefusedError || init.signal?.aborted) throw error;
    const isAnswer = error instanceof Error && error.message.startsWith("The log");
    outage.value = isAnswer ? error.message : "The explorer's server cannot be reached.";
    throw error;
  }
}

/** Asks for values by parameters. @param {string} path @param {import("./addresses.js").Values} values @param {AbortSignal} [abort] */
export const askFor = (path, values, abort) => ask(`${path}${search(values)}`, abort ? { signal: abort } : {});

/**
 * What the server last answered. Until another answer has come, the last one stays.
 * @template T
 * @typedef {{ data?: T | undefined, problem?: Problem | undefined, isLoading: boolean }} Answer
 */

/**
 * Loads a path: again when it changes, and when the server has come back.
 * @template T
 * @param {string | undefined} path `undefined`: nothing
 * @param {{ everyMs?: number, when?: unknown }} [options] `everyMs`: again after so long, while the page can be seen; `when`: again
 *   whenever this has changed
 * @returns {Answer<T>}
 */
export function useAnswer(path, { everyMs, when } = {}) {
  const answer = useSignal(/** @type {Answer<T>} */ ({ isLoading: true }));
  const current = generation.value;
  useEffect(() => {
    if (path === undefined) {
      answer.value = { isLoading: false };
      return;
    }
    const controller = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let again;
    const load = async () => {
      if (!document.hidden || answer.value.data === undefined) {
        try {
          answer.value = { data: await ask(path, { signal: controller.signal }), isLoading: false };
        } catch (error) {
          if (error instanceof RefusedError) answer.value = { problem: error.problem, isLoading: false };
        }
      }
      if (everyMs !== undefined && !controller.signal.aborted) again = setTimeout(load, everyMs);
    };
    answer.value = { ...answer.value, isLoading: true };
    void load();
    return () => {
      clearTimeout(again);
      controller.abort();
    };
  }, [path, current, when]);
  return answer.value;
}

const SHOWN = 12;

/** Looks for new events for as long as the page is open: so it notices too when the log can no longer be read, and when it can again. */
export async function follow() {
  for (;;) {
    if (!document.hidden || newestEvents.value === undefined) await look().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, outage.value === undefined ? 2_000 : 1_000));
  }
}

async function look() {
  about.value ??= await ask("api/about");
  /** @type {EventPage} */
  const { events } = await askFor("api/events", { limit: SHOWN });
  const newest = events[0]?.sequenceNumber ?? 0;
  const isNews = newestEvents.value !== undefined && newest > (newestEvents.value[0]?.sequenceNumber ?? 0);
  if (newestEvents.value === undefined || isNews) newestEvents.value = events;
  if (isNews && events[0]) announcement.value = `New event: ${events[0].name}`;
  if (outage.value === undefined) return;
  outage.value = undefined;
  refresh();
}
