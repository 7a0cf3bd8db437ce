import type { Logger } from "@eventfold/types";
import type { ExplorerOptions } from "../explorer-options.ts";
import { PAGE_POLICY, readPageFile } from "../page-files.ts";
import { eventRoutes } from "./event-routes.ts";
import { type GuardOptions, guardRequest, refuseForeignOrigin } from "./guard.ts";
import { Parameters } from "./parameters.ts";
import { badRequest, notFound, ProblemError, problemOf, problemResponse } from "./problem.ts";
import { processingRoutes } from "./processing-routes.ts";
import { projectionRoutes } from "./projection-routes.ts";
import type { Route, Routes } from "./route.ts";
import { foldsStreams, stateRoutes } from "./state-routes.ts";

/** A request may take so long, in milliseconds: a storage that does not answer is one that is away. */
const LONGEST_REQUEST_MS = 15_000;

/** The caller is gone, so nobody sees this, and nothing has failed. */
const GONE = 499;

/** A body only confirms a number. */
const LARGEST_BODY = 1_000;

interface AnswerOptions extends ExplorerOptions {
  /** The path of the page, with a slash at its end. */
  readonly root: string;
  readonly guard: GuardOptions;
  readonly log: Logger;
}

/** Makes what answers the requests of an explorer. It never rejects. */
export function answerRequest(options: AnswerOptions): (request: Request) => Promise<Response> {
  const { root, guard, log } = options;
  const routes = routesOf(options);
  return async (request) => {
    try {
      return withHeaders((await guardRequest(request, guard)) ?? (await answer(request)));
    } catch (error) {
      if (request.signal.aborted) return new Response(null, { status: GONE });
      const headers = error instanceof ProblemError ? error.headers : {};
      return withHeaders(problemResponse(problemOf(error, log), headers));
    }
  };

  async function answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (`${url.pathname}/` === root)
      return new Response(null, { status: 308, headers: { location: `${root}${url.search}` } });
    if (!url.pathname.startsWith(root)) throw notFound(`The explorer is at ${root}.`);
    const address = url.pathname.slice(root.length);
    if (!address.startsWith("api/")) return answerWithFile(request, address);
    const route = routeOf(routes, { method: request.method, path: `/${address}` });
    if (request.method === "POST") refuseForeignOrigin(request);
    const body = request.method === "POST" ? await readBody(request) : undefined;
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(LONGEST_REQUEST_MS)]);
    const answered = await untilAborted(route({ parameters: new Parameters(url.searchParams), body, signal }), signal);
    return answered instanceof Response ? answered : Response.json(answered);
  }
}

/** All routes. What was not given to the explorer is not there. */
function routesOf(options: ExplorerOptions): Routes {
  const { events, projections, processing, projectors = [], subscriptions = [], allowChanges = false } = options;
  return {
    "GET /api/about": async () => ({
      orderingGuarantee: events.orderingGuarantee,
      projectors: projectors.map((projector) => {
        const { name, version, source } = projector;
        return { name, version, source, foldsStreams: foldsStreams(projector) };
      }),
      subscriptions: subscriptions.map(({ name }) => name),
      hasProjections: projections !== undefined,
      hasProcessing: processing !== undefined,
      allowChanges,
    }),
    ...eventRoutes(events),
    ...stateRoutes(options),
    ...(projections !== undefined && projectionRoutes(projections)),
    ...(processing !== undefined && processingRoutes(processing, options)),
  };
}

function routeOf(routes: Routes, { method, path }: { readonly method: string; readonly path: string }): Route {
  const route = Object.hasOwn(routes, `${method} ${path}`) ? routes[`${method} ${path}`] : undefined;
  if (route !== undefined) return route;
  const allowed = ["GET", "POST"].filter((each) => Object.hasOwn(routes, `${each} ${path}`));
  if (allowed.length === 0) throw notFound(`There is nothing at ${path}.`);
  throw wrongMethod(method, allowed.join(", "));
}

function wrongMethod(method: string, allow: string): ProblemError {
  const detail = `${method} is not possible here, only ${allow}.`;
  return new ProblemError(
    { status: 405, code: "METHOD_NOT_ALLOWED", title: "Another method is needed", detail },
    { allow },
  );
}

async function answerWithFile({ method }: Request, address: string): Promise<Response> {
  if (method !== "GET" && method !== "HEAD") throw wrongMethod(method, "GET, HEAD");
  const file = await readPageFile(address);
  if (file === undefined) throw notFound("The explorer has no such page.");
  return method === "HEAD" ? new Response(null, file) : file;
}

async function readBody(request: Request): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    const detail = "The body must be JSON: send Content-Type: application/json.";
    throw new ProblemError({ status: 415, code: "UNSUPPORTED_MEDIA_TYPE", title: "Unsupported media type", detail });
  }
  const text = await readAtMost(request, LARGEST_BODY);
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("The body is not JSON.");
  }
}

async function readAtMost({ body }: Request, most: number): Promise<string> {
  let text = "";
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.length > most) throw badRequest(`The body may have at most ${most} characters.`);
  }
  return text;
}

/** What is under way goes on, but nobody waits for it. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(isTimeout(signal.reason) ? tooSlow() : signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", abort));
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "TimeoutError";
}

function tooSlow(): ProblemError {
  const detail = `The storage has not answered for ${LONGEST_REQUEST_MS / 1_000} s.`;
  return new ProblemError({ status: 503, code: "TIMED_OUT", title: "The storage cannot be read at present", detail });
}

/** Nothing is kept by caches that others may use, nothing is shown within pages of others, and types are as they are said to be. */
function withHeaders(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set("content-security-policy", PAGE_POLICY);
  headers.set("cross-origin-resource-policy", "same-origin");
  headers.set("referrer-policy", "no-referrer");
  headers.set("x-content-type-options", "nosniff");
  headers.set("x-frame-options", "DENY");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
