const WITH_AUTHORITY = /^([a-z]+:\/\/)([^/?#]*)(.*)$/is;

/**
 * The connection strings of the single servers that one with several hosts names, in its order: `postgres://a:1,b:2/app`
 * means `postgres://a:1/app` and `postgres://b:2/app`. Every other text comes back as it is.
 *
 * @returns `undefined` when one of several hosts is empty.
 */
export function splitHosts(connectionString: string): readonly string[] | undefined {
  const [, protocol = "", authority = "", rest = ""] = WITH_AUTHORITY.exec(connectionString) ?? [];
  const hostsFrom = authority.lastIndexOf("@") + 1;
  const hosts = authority.slice(hostsFrom).split(",");
  if (hosts.length === 1) return [connectionString];
  if (hosts.some((host) => host.trim() === "")) return undefined;
  return hosts.map((host) => `${protocol}${authority.slice(0, hostsFrom)}${host.trim()}${rest}`);
}
