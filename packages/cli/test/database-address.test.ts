import { describe, expect, it } from "vitest";
import { parseDatabaseAddress, withoutSecrets } from "../src/database/database-address.ts";

describe("parseDatabaseAddress", () => {
  it.each([
    "postgres://ada:s3cr@t@localhost/app?password=other",
    "postgresql://ada@db1:5432,db2:5433,[::1]:5434/app",
    "postgres:///app",
  ])("takes %s", (text) => {
    expect(parseDatabaseAddress(text)).toEqual({ kind: "postgres", connectionString: text });
  });

  it.each(["postgres://db1:port,db2:5432/app", "postgres://db1,,db2/app", "postgres://db1,/app", "postgres:db1"])(
    "refuses %s",
    (text) => {
      expect(() => parseDatabaseAddress(text)).toThrow("That is no PostgreSQL connection string.");
    },
  );
});

describe("withoutSecrets", () => {
  it("leaves the hosts and the user", () => {
    const text = "postgres://ada:s3cr@t@db1:5432,db2:5433/app?password=other";
    expect(withoutSecrets(text)).toBe("postgres://ada@db1:5432,db2:5433/app");
  });
});
