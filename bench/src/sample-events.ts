import type { NewEvent } from "@eventfold/store";

/** A payload of about 250 bytes of JSON, of the shape that applications have. */
export const SAMPLE_PAYLOAD = Object.freeze({
  customer: "customer-000017",
  currency: "EUR",
  amount: 129.95,
  items: [
    { sku: "SKU-2231-BLUE-M", quantity: 2, price: 39.95 },
    { sku: "SKU-9120-RED-XL", quantity: 1, price: 50.05 },
  ],
  shippedTo: "Long Street 17, 8005 Springfield",
  isGift: false,
  note: null,
});

/** New events, one of many alike. */
export function sampleEvents(count: number): NewEvent[] {
  return Array.from({ length: count }, () => ({ name: "order-placed", payload: SAMPLE_PAYLOAD }));
}

let streams = 0;

/** The name of a stream that no candidate has used yet. */
export function freshStream(): string {
  streams++;
  return `order-${streams}`;
}

let tagged = 0;

/** Tags for an event: the first is of its own, the others are shared by many. */
export function freshTags(count: number): string[] {
  tagged++;
  return Array.from({ length: count }, (_, n) => (n === 0 ? `customer:${tagged}` : `region-${n}:${tagged % 50}`));
}
