import { parseJson } from "@eventfold/types";
import { customType } from "drizzle-orm/sqlite-core";

/** What the driver takes and gives for a blob. A `Buffer` would be declared with an argument that TypeScript 5.4 does not know. */
export interface BlobBytes {
  toString(encoding: "hex"): string;
}

/** A UUID as its 16 bytes. */
export const uuidBytes = customType<{ data: string; driverData: BlobBytes }>({
  dataType: () => "blob",
  toDriver: (uuid) => Buffer.from(uuid.replaceAll("-", ""), "hex"),
  fromDriver: (bytes) => bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
});

/** An instant as epoch milliseconds. */
export const epochMs = customType<{ data: Date; driverData: number }>({
  dataType: () => "integer",
  toDriver: (date) => date.getTime(),
  fromDriver: (milliseconds) => new Date(milliseconds),
});

/** A JSON value as its text. */
export const jsonText = customType<{ data: unknown; driverData: string }>({
  dataType: () => "text",
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (json) => parseJson(json),
});
