import type { Parameters } from "./parameters.ts";

/** What a route is given of a request that was let in. */
export interface RouteRequest {
  readonly parameters: Parameters;
  /** The parsed body of a POST. */
  readonly body: unknown;
  /** Aborted when the caller is gone, or after a time. */
  readonly signal: AbortSignal;
}

/** What answers a request: a value that is sent as JSON, or a response of its own. */
export type Route = (request: RouteRequest) => Promise<unknown>;

/** Routes by method and path, such as `GET /api/events`. */
export type Routes = Readonly<Record<string, Route>>;
