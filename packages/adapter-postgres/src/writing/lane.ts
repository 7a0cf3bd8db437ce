import { createHash } from "node:crypto";
import type { OrderingGuarantee, StreamWrite } from "@eventfold/store";
import { streamKeyOf } from "./publish.ts";

/**
 * Which order locks of the server a publish takes, as text: publishes of one lane go out together, those of different
 * lanes side by side. It agrees with the stripes in `sql/events/0002-append/01-order.sql`; were it not to, writers would only wait more.
 */
export function laneOf(writes: readonly StreamWrite[], guarantee: OrderingGuarantee): string {
  if (guarantee === "log") return "";
  const stripes = new Set(
    writes.map((write) => stripeOf(guarantee === "category" ? write.category : streamKeyOf(write))),
  );
  return [...stripes].sort((a, b) => a - b).join(",");
}

function stripeOf(key: string): number {
  return (createHash("sha256").update(key).digest()[0] ?? 0) & 63;
}
