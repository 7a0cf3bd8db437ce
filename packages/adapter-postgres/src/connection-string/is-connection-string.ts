import { splitHosts } from "./split-hosts.ts";

/**
 * Whether a text has the shape of a connection string that the adapters of this package take:
 * `postgres://user:password@host:port/database`, or one with several hosts, which is no URL any more. Nothing is connected to.
 *
 * @example
 * ```ts
 * isConnectionString("postgres://db1:5432,db2:5432/app"); // true
 * isConnectionString("postgres://db1:port/app"); // false
 * isConnectionString("sqlite:app.db"); // false
 * ```
 */
export function isConnectionString(text: string): boolean {
  if (!/^postgres(ql)?:\/\//i.test(text)) return false;
  return splitHosts(text)?.every((single) => URL.canParse(single)) ?? false;
}
