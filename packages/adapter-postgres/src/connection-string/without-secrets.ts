/**
 * A connection string as it may be shown or logged: without the password, and without parameters, among which there can be
 * another. Hosts, user and database stay.
 *
 * @example
 * ```ts
 * withoutSecrets("postgres://ada:secret@db1:5432,db2:5432/app?password=other"); // "postgres://ada@db1:5432,db2:5432/app"
 * ```
 */
export function withoutSecrets(connectionString: string): string {
  const [, protocol = "", user = "", rest = ""] =
    /^(\w+:\/\/)(?:([^@/?#:]*)(?::[^/?#]*)?@)?([^?#]*)/.exec(connectionString) ?? [];
  return `${protocol}${user === "" ? "" : `${user}@`}${rest}`;
}
