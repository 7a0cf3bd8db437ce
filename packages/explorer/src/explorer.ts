import { memberNames, withKnownMembers } from "@eventfold/store/adapter";
import { guardedLogger } from "@eventfold/types";
import { type Authorize, EXPLORER_MEMBERS, type ExplorerOptions } from "./explorer-options.ts";
import { LOOPBACK_NAMES } from "./http/guard.ts";
import { answerRequest } from "./http/answer-request.ts";

/** How an explorer is mounted in a server of one's own. */
export interface MountedExplorerOptions extends ExplorerOptions {
  /** Says who may use it. The explorer cannot see from where somebody is connected, so it is not optional here. */
  readonly authorize: Authorize;
  /** The path under which it is mounted, such as `/explorer`. Default: `/`. */
  readonly path?: string | undefined;
}

const OPTIONS = memberNames<MountedExplorerOptions>({
  ...EXPLORER_MEMBERS,
  path: true,
});

/** An explorer that a server of one's own serves. */
export interface Explorer {
  /** Answers a request for a path under the explorer's own. It never rejects. It needs no `this`. */
  readonly fetch: (request: Request) => Promise<Response>;
}

/**
 * Makes an explorer to mount in any server that speaks `Request` and `Response`: Hono, Deno, Bun, SvelteKit and others. It opens nothing
 * and holds nothing, so there is nothing to close.
 *
 * It answers requests for the host names in `hosts` and for those of loopback, if `authorize` lets them in, and changes nothing unless
 * `allowChanges` is set.
 *
 * @throws `TypeError` without an opened adapter or without `authorize`, for a path that does not begin with `/`, and for options that there
 * are not.
 *
 * @example
 * ```ts
 * const explorer = createExplorer({
 *   events: adapter,
 *   path: "/explorer",
 *   hosts: ["admin.example.com"],
 *   authorize: (request) => request.headers.get("x-forwarded-user") !== null,
 * });
 * const response = await explorer.fetch(new Request("https://admin.example.com/explorer/"));
 * ```
 */
export function createExplorer(options: MountedExplorerOptions): Explorer {
  withKnownMembers("The options of createExplorer", options, OPTIONS);
  if (typeof options.authorize !== "function") {
    throw new TypeError(
      "An explorer in a server of your own cannot see who is connected: give `authorize`, which says who may use it. `() => true` lets everybody in.",
    );
  }
  return explorerFor(options);
}

/** The same without asking who may use it: for a server that lets only this machine in. */
export function explorerFor(options: ExplorerOptions & { readonly path?: string | undefined }): Explorer {
  const { events, path = "/", hosts = [], authorize, logger } = options;
  if (typeof events?.storage?.scan !== "function") {
    throw new TypeError("An explorer needs an opened adapter: `events: await SomeEventStorageAdapter.open(…)`.");
  }
  if (!/^\/([\w.~-]+\/?)*$/.test(path))
    throw new TypeError(`The path of an explorer must be such as "/explorer", got ${JSON.stringify(path)}.`);
  const root = path.endsWith("/") ? path : `${path}/`;
  const names = new Set([...LOOPBACK_NAMES, ...hosts.map((host) => host.toLowerCase())]);
  const guard = { hosts: names, authorize };
  const answer = answerRequest({ ...options, root, guard, log: guardedLogger(logger) });
  return { fetch: answer };
}
