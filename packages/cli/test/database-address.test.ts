import { describe, expect, it } from "vitest";
import { parseDatabaseAddress } from "../src/database/database-address.ts";

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
