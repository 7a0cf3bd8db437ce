import type { Authorize } from "../explorer-options.ts";
import { forbidden } from "./problem.ts";

/** Who may call the explorer, and by which names. */
export interface GuardOptions {
  /** Names of hosts, as they appear in addresses, in lower case and without a port. */
  readonly hosts: ReadonlySet<string>;
  /** `undefined`: everybody who reaches it. */
  readonly authorize: Authorize | undefined;
}

/** Names by which only this machine is called. A page of another site can point a name of its own here, but cannot use these. */
export const LOOPBACK_NAMES: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Checks a request before anything is read: the name by which it came, so that no page of another site gets in by a name of its own (DNS
 * rebinding), then who sent it.
 *
 * @returns an answer in place of what was asked, such as a redirection to a sign-in page; `undefined` to go on.
 * @throws `ProblemError` when it is refused.
 */
export async function guardRequest(
  request: Request,
  { hosts, authorize }: GuardOptions,
): Promise<Response | undefined> {
  const { hostname } = addressOf(request);
  if (!hosts.has(hostname)) {
    const detail = `The explorer does not answer to the host name ${JSON.stringify(hostname)}. If it is meant to, list the name in \`hosts\`.`;
    throw forbidden("UNKNOWN_HOST", detail);
  }
  if (authorize === undefined) return undefined;
  const verdict = await authorize(request);
  if (verdict instanceof Response) return verdict;
  if (verdict !== true) throw forbidden("NOT_AUTHORIZED", "You may not use the explorer.");
  return undefined;
}

/** Lets only the explorer's own page change anything: the browser says truthfully which page a request comes from. */
export function refuseForeignOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  const { host } = addressOf(request);
  if (origin !== null && URL.canParse(origin) && new URL(origin).host === host) return;
  throw forbidden(
    "FOREIGN_ORIGIN",
    "Only the explorer's own page may change anything: the request's Origin is not its own.",
  );
}

/** The address by which it was called: servers behind others know it from the header alone. */
function addressOf(request: Request): URL {
  const url = new URL(request.url);
  const host = request.headers.get("host") ?? url.host;
  const called = `${url.protocol}//${host}/`;
  if (!/^[^/?#@\\\s]+$/.test(host) || !URL.canParse(called))
    throw forbidden("UNKNOWN_HOST", "The Host is not a host name.");
  return new URL(called);
}
