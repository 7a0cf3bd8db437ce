import { isConnectionString, withoutSecrets } from "@eventfold/adapter-postgres/connection-string";
import { describe, expect, it } from "vitest";

describe("isConnectionString", () => {
  it.each([
    "postgres://ada:s3cr@t@localhost/app?password=other",
    "postgresql://ada@db1:5432,db2:5433,[::1]:5434/app",
    "POSTGRES://db1/app",
    "postgres:///app",
  ])("is true of %s", (text) => {
    expect(isConnectionString(text)).toBe(true);
  });

  it.each(["postgres://db1:port,db2:5432/app", "postgres://db1,,db2/app", "postgres:db1", "mysql://db1/app", ""])(
    "is false of %j",
    (text) => {
      expect(isConnectionString(text)).toBe(false);
    },
  );
});

describe("withoutSecrets", () => {
  it("leaves the hosts, the user and the database", () => {
    const text = "postgres://ada:s3cr@t@db1:5432,db2:5433/app?password=other";
    expect(withoutSecrets(text)).toBe("postgres://ada@db1:5432,db2:5433/app");
    expect(withoutSecrets("postgres://db1/app#x")).toBe("postgres://db1/app");
  });
});
